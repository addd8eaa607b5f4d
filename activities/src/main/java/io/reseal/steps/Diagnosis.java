package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.FailureType;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.StageDiedException;
import io.reseal.files.Replica;
import io.reseal.files.Stores;
import io.reseal.reading.SmallFile;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Searches for reasons why a sealed sector or an update differs from the record. */
final class Diagnosis {

  private static final Logger LOG = LoggerFactory.getLogger(Diagnosis.class);

  /** A check of the sealed files. */
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

  /**
   * Runs a check of the sealed sector; if its CommR differs or it does not prove itself, the
   * failure lists what may be wrong. The parent cache is then always read again.
   */
  JsonNode explained(StepInputs inputs, StepWork work, CoreRequest request) throws Exception {
    try {
      return KeptCheck.around(inputs, Replica.SEALED, () -> work.run(request));
    } catch (CoreException e) {
      if (e.code() != CoreCode.COMM_R_MISMATCH && e.code() != CoreCode.SEAL_INVALID) {
        throw e;
      }
      if (StoredLayers.areIn(inputs)) {
        throw StoredLayers.blamed(e.getMessage());
      }
      List<Finding> findings = findings(inputs, work);
      throw new WrongSealException(
          Finding.isParentCacheWrong(findings) ? FailureType.HOST_PARENT_CACHE : e.failureType(),
          sentence(e) + Finding.summary(findings),
          Finding.isExplained(findings) ? null : computed(inputs));
    }
  }

  /** The roots that this host computed, which decide CommR; null if they cannot be read. */
  private static String computed(StepInputs inputs) {
    try {
      return HexFormat.of().formatHex(SmallFile.read(inputs.files().pAux(Replica.SEALED)));
    } catch (IOException e) {
      LOG.warn(
          "What was computed for {} cannot be read: {}", inputs.facts().sector(), e.toString());
      return null;
    }
  }

  /** Runs a check of an update whose key is known to be right; explains a failure likewise. */
  JsonNode explainedUpdate(StepInputs inputs, Check check) throws Exception {
    try {
      return check.run();
    } catch (CoreException e) {
      if (e.code() != CoreCode.COMM_R_MISMATCH && e.code() != CoreCode.NOT_PROVABLE) {
        throw e;
      }
      throw new WrongSealException(
          FailureType.SECTOR_UPDATE_INVALID,
          sentence(e)
              + " Its key has the recorded CommR, so ticket, proof type and the key's pieces"
              + " are right."
              + (e.code() == CoreCode.COMM_R_MISMATCH ? updateFindings(inputs) : ""));
    }
  }

  private String updateFindings(StepInputs inputs) throws WrongSealException {
    try {
      return Finding.summary(witnesses.findings(inputs.facts(), key.files(inputs).pAux()));
    } catch (IOException e) {
      LOG.warn("No diagnosis of the update of {}: {}", inputs.facts().sector(), e.getMessage());
      return "";
    }
  }

  private static String sentence(CoreException e) {
    return e.getMessage().endsWith(".") ? e.getMessage() : e.getMessage() + ".";
  }

  /** Empty if the diagnosis fails, so that the first failure is reported. */
  private List<Finding> findings(StepInputs inputs, StepWork work)
      throws IOException, InterruptedException {
    try {
      JsonNode result =
          work.run(
              inputs
                  .requests()
                  .diagnose(stores.knownPAux(inputs.facts().sector(), Replica.SEALED)));
      return Finding.listOf(result.path("findings"));
    } catch (CoreException | StageDiedException e) {
      work.throwIfStopped();
      LOG.warn("No diagnosis of {}: {}", inputs.facts().sector(), e.getMessage());
      return List.of();
    }
  }
}
