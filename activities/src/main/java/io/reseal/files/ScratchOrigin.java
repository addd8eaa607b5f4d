package io.reseal.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.contract.SectorFacts;
import io.reseal.plan.UnsealedWish;

/**
 * What scratch files say of themselves: which rebuild they were made for, and from which inputs, so
 * that work in progress is neither mistaken for that of an ended rebuild nor lost with the catalog.
 *
 * @param rebuild the rebuild that used them last
 * @param inputs what they are made from
 * @param unsealed what that rebuild does about the unsealed copy; null: nothing
 */
public record ScratchOrigin(
    @JsonProperty("rebuild") Rebuild rebuild,
    @JsonProperty("inputs") SectorFacts inputs,
    @JsonProperty("unsealed") UnsealedWish unsealed) {

  /**
   * A rebuild, in whichever Temporal it runs.
   *
   * @param cluster id of the Temporal cluster, or null if it could not be asked
   * @param namespace id of the namespace, or null if it could not be asked
   * @param workflowId the workflow's id
   * @param runId the run's id
   */
  public record Rebuild(
      @JsonProperty("cluster") String cluster,
      @JsonProperty("namespace") String namespace,
      @JsonProperty("workflowId") String workflowId,
      @JsonProperty("runId") String runId) {

    /** Whether it is known where it runs. */
    boolean isPlaced() {
      return cluster != null && namespace != null;
    }
  }

  /** Whether this needs no completion for that run, those inputs and that wish. */
  public boolean isComplete(String runId, SectorFacts facts, UnsealedWish wish) {
    return rebuild.isPlaced()
        && rebuild.runId().equals(runId)
        && inputs.equals(facts)
        && unsealed == wish;
  }

  /** Whether it says what the files are of, and whose. */
  boolean isWhole() {
    return rebuild != null
        && rebuild.workflowId() != null
        && rebuild.runId() != null
        && inputs != null
        && inputs.sector() != null
        && inputs.proof() != null
        && inputs.replicaId() != null;
  }

  /** Whether it describes the files that a claim names. */
  boolean isOf(Scratch.Claim claim) {
    return Scratch.Claim.of(inputs).equals(claim);
  }
}
