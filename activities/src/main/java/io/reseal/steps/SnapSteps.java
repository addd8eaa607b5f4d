package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.files.Replica;

/** The steps that make the update of a snapped sector from its key, and check it. */
final class SnapSteps {

  private final UpdateKey key;
  private final Diagnosis diagnosis;

  SnapSteps(UpdateKey key, Diagnosis diagnosis) {
    this.key = key;
    this.diagnosis = diagnosis;
  }

  StepOutcome encode(StepInputs inputs, StepWork work) throws Exception {
    JsonNode result = diagnosis.explainedUpdate(inputs, () -> encodeWithKey(inputs, work));
    return StepOutcome.of("the update's CommR as recorded, " + result.path("comm_r").asText());
  }

  private JsonNode encodeWithKey(StepInputs inputs, StepWork work) throws Exception {
    return inputs.keyIn() == null
        ? KeptCheck.around(inputs, Replica.SEALED, () -> key.encode(inputs, work))
        : key.encode(inputs, work);
  }

  StepOutcome check(StepInputs inputs, StepWork work) throws Exception {
    JsonNode result =
        diagnosis.explainedUpdate(
            inputs,
            () ->
                KeptCheck.around(
                    inputs, Replica.UPDATE, () -> work.run(inputs.requests().checkSnap())));
    return StepOutcome.of(
        "the update is provable, %d challenges answered"
            .formatted(result.path("challenges").asInt()));
  }
}
