package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.files.Replica;
import io.reseal.labelling.Seat.Labelled;

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

  StepOutcome pc1(StepInputs inputs, StepWork work) throws Exception {
    Labelled labelled = work.label(inputs);
    return StepOutcome.of(
        "%d layers%s%s"
            .formatted(
                labelled.layers(),
                labelled.resumed() == 0
                    ? ""
                    : ", %d of them kept from before".formatted(labelled.resumed()),
                labelled.others() == 0
                    ? ""
                    : ", labelled together with %d other%s"
                        .formatted(labelled.others(), labelled.others() == 1 ? "" : "s")));
  }

  StepOutcome pc2(StepInputs inputs, StepWork work) throws Exception {
    JsonNode result = work.run(inputs.requests().pc2());
    return StepOutcome.of("CommR " + result.path("comm_r").asText());
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
