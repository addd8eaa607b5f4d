package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.FailureType;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.Replica;
import io.reseal.files.Stores;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out what could explain that something sealed is not what the record says. */
final class Diagnosis {

  private static final Logger LOG = LoggerFactory.getLogger(Diagnosis.class);

  /** A step over the sealed sector. */
  interface Check {
    JsonNode run() throws Exception;
  }

  private final Stores stores;
  private final UpdateKey key;
  private final UpdateWitnesses witnesses;

  Diagnosis(Stores stores, UpdateKey key, UpdateWitnesses witnesses) {
    this.stores = stores;
    this.key = key;
    this.witnesses = witnesses;
  }

  /** Runs a check of the sealed sector; where its CommR is another one, says why that may be. */
  JsonNode explained(StepContext context, Check check) throws Exception {
    try {
      return check.run();
    } catch (CoreException e) {
      if (e.code() != CoreCode.COMM_R_MISMATCH) {
        throw e;
      }
      throw new WrongSealException(
          FailureType.SECTOR_COMM_R_MISMATCH, sentence(e) + findings(context));
    }
  }

  /** The same of what is made of a key that was found right. */
  JsonNode explainedUpdate(StepContext context, Check check) throws Exception {
    try {
      return check.run();
    } catch (CoreException e) {
      if (e.code() != CoreCode.COMM_R_MISMATCH && e.code() != CoreCode.NOT_PROVABLE) {
        throw e;
      }
      throw new WrongSealException(
          FailureType.SECTOR_UPDATE_INVALID,
          sentence(e)
              + " Its key has the recorded CommR, so that ticket, proof type and the key's pieces"
              + " are right."
              + (e.code() == CoreCode.COMM_R_MISMATCH ? updateFindings(context) : ""));
    }
  }

  private String updateFindings(StepContext context) throws WrongSealException {
    try {
      return Finding.told(witnesses.findings(context.facts(), key.files(context).pAux()));
    } catch (IOException e) {
      LOG.warn("No diagnosis of the update of {}: {}", context.facts().sector(), e.getMessage());
      return "";
    }
  }

  private static String sentence(CoreException e) {
    return e.getMessage().endsWith(".") ? e.getMessage() : e.getMessage() + ".";
  }

  /** Sentences after a space. A diagnosis that fails must not hide what it is about. */
  private String findings(StepContext context) throws IOException, InterruptedException {
    try {
      JsonNode result =
          context.run(
              context
                  .requests()
                  .diagnose(stores.knownPAux(context.facts().sector(), Replica.SEALED)));
      return Finding.told(Finding.listOf(result.path("findings")));
    } catch (CoreException | StageDiedException e) {
      context.throwIfStopped();
      LOG.warn("No diagnosis of {}: {}", context.facts().sector(), e.getMessage());
      return "";
    }
  }
}
