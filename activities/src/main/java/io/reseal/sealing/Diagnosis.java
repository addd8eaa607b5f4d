package io.reseal.sealing;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.FailureType;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.Stores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

  Diagnosis(Stores stores) {
    this.stores = stores;
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
  JsonNode explainedUpdate(Check check) throws Exception {
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
              + " are right.");
    }
  }

  private static String sentence(CoreException e) {
    return e.getMessage().endsWith(".") ? e.getMessage() : e.getMessage() + ".";
  }

  /** Sentences after a space. A diagnosis that fails must not hide what it is about. */
  private String findings(StepContext context) throws IOException, InterruptedException {
    try {
      JsonNode result =
          context.run(context.requests().diagnose(stores.knownPAux(context.facts().sector())));
      return told(result.path("findings"));
    } catch (CoreException | StageDiedException e) {
      context.throwIfStopped();
      LOG.warn("No diagnosis of {}: {}", context.facts().sector(), e.getMessage());
      return "";
    }
  }

  /** What is wrong and what cannot be told in full, of what is right the names. */
  static String told(JsonNode findings) {
    List<String> right = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (JsonNode finding : findings) {
      String about = finding.path("about").asText();
      String line = "%s: %s".formatted(about, finding.path("text").asText());
      switch (finding.path("verdict").asText()) {
        case "right" -> right.add(about);
        case "wrong" -> wrong.add(line);
        default -> unknown.add(line);
      }
    }
    return list(" Right: ", right, ", ")
        + list(" Wrong: ", wrong, "; ")
        + list(" Cannot be told here: ", unknown, "; ");
  }

  private static String list(String title, List<String> entries, String between) {
    return entries.isEmpty() ? "" : title + String.join(between, entries) + ".";
  }
}
