package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.FailureType;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.files.Replica;

/** The steps that seal a sector and check what was sealed. */
final class SealingSteps {

  private final Diagnosis diagnosis;

  SealingSteps(Diagnosis diagnosis) {
    this.diagnosis = diagnosis;
  }

  StepOutcome treeD(StepInputs inputs, StepWork work, Replica replica) throws Exception {
    work.run(inputs.requests().treeD(replica));
    return StepOutcome.of("CommD as expected");
  }

  StepOutcome pc2(StepInputs inputs, StepWork work) throws Exception {
    JsonNode result = work.run(inputs.requests().pc2());
    return StepOutcome.of("CommR " + result.path("comm_r").asText());
  }

  /** CommR has shown that all of the sealed file is right, or nothing has its name. */
  StepOutcome encode(StepInputs inputs, StepWork work) throws Exception {
    try {
      JsonNode result = work.run(inputs.requests().encode(inputs.commC()));
      return StepOutcome.of(
          "CommR as recorded, %s, with the known comm_c".formatted(result.path("comm_r").asText()));
    } catch (CoreException e) {
      if (e.code() != CoreCode.COMM_R_MISMATCH) {
        throw e;
      }
      if (StoredLayers.areIn(inputs)) {
        throw StoredLayers.blamed(e.getMessage());
      }
      throw new WrongSealException(
          e.failureType(),
          "%s. After resume everything is sealed, trees C and D too, so that the cause can be searched for."
              .formatted(e.getMessage()));
    }
  }

  /** Compares nothing with the layers, most of which are gone. */
  StepOutcome checkEncoded(StepInputs inputs, StepWork work) throws Exception {
    try {
      JsonNode result =
          KeptCheck.around(
              inputs,
              Replica.SEALED,
              () ->
                  work.run(CoreRequests.postCheck(inputs.facts(), Replica.SEALED, inputs.files())));
      return StepOutcome.of(
          "the sealed file is provable, %d challenges answered"
              .formatted(result.path("challenges").asInt()));
    } catch (CoreException e) {
      if (e.code() != CoreCode.NOT_PROVABLE) {
        throw e;
      }
      throw new WrongSealException(FailureType.SECTOR_SEAL_INVALID, e.getMessage());
    }
  }

  StepOutcome synthetic(StepInputs inputs, StepWork work) throws Exception {
    JsonNode result = diagnosis.explained(inputs, work, inputs.requests().synthetic());
    return StepOutcome.of("%d bytes of synthetic proofs".formatted(result.path("bytes").asLong()));
  }

  StepOutcome checkSealed(StepInputs inputs, StepWork work) throws Exception {
    JsonNode result = diagnosis.explained(inputs, work, inputs.requests().checkSealed());
    return StepOutcome.of(
        "CommR as recorded, %d proofs verify".formatted(result.path("vanilla_proofs").asInt()));
  }
}
