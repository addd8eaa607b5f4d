package io.reseal.steps;

import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreRequest;
import io.reseal.files.CandidateLayers;
import io.reseal.labelling.Seat.Labelled;
import io.reseal.threads.SealingThreads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the layers of a sector and, beside them, those of other inputs that it may have been sealed
 * with: as many as scratch has room for. One core labels several of them nearly as fast as one.
 */
final class LabellingStep {

  private final SealingThreads threads;
  private final StoredLayers storedLayers;

  LabellingStep(SealingThreads threads, StoredLayers storedLayers) {
    this.threads = threads;
    this.storedLayers = storedLayers;
  }

  StepOutcome label(StepInputs inputs, StepWork work) throws Exception {
    StoredLayers.Copied copied = storedLayers.copy(inputs, work);
    if (copied.layers() == inputs.facts().proof().size().layers()) {
      return StepOutcome.of("nothing is labelled: " + copied.note());
    }
    List<SectorFacts> others = thatFit(inputs, work);
    List<CoreRequest> requests = new ArrayList<>();
    for (SectorFacts other : others) {
      requests.add(inputs.labelling(other));
    }
    StepWork.LabelledTogether labelled = work.label(inputs, requests);
    int whole = keep(inputs, others, labelled.others());
    return StepOutcome.of(
        said(labelled.own(), copied)
            + (others.isEmpty()
                ? ""
                : ", and those of %d of %d other inputs".formatted(whole, others.size())));
  }

  /** Layers that could not be made are made when their inputs' turn comes. */
  private static int keep(StepInputs inputs, List<SectorFacts> others, List<Boolean> made)
      throws IOException {
    CandidateLayers layers = inputs.candidateLayers();
    int whole = 0;
    for (int at = 0; at < others.size(); at++) {
      if (made.get(at)) {
        layers.whole(others.get(at));
        whole++;
      }
    }
    return whole;
  }

  private List<SectorFacts> thatFit(StepInputs inputs, StepWork work) throws IOException {
    if (!work.labelsTogether()) {
      return List.of();
    }
    CandidateLayers layers = inputs.candidateLayers();
    List<SectorFacts> toMake =
        inputs.alongside().stream().filter(other -> !layers.areWhole(other)).toList();
    if (toMake.isEmpty()) {
      return toMake;
    }
    long spare = threads.spareBytes(inputs.thread(), inputs.facts());
    long each = CandidateLayers.bytes(inputs.facts());
    int fit = (int) Math.max(0, Math.min(toMake.size(), spare / each));
    if (fit < toMake.size()) {
      work.warn(
          "Scratch has room for the layers of %d of %d other inputs; the rest are made in their turn."
              .formatted(fit, toMake.size()));
    }
    return toMake.subList(0, fit);
  }

  private static String said(Labelled labelled, StoredLayers.Copied copied) {
    return "%d layers%s%s"
        .formatted(
            labelled.layers(),
            labelled.resumed() == 0 ? "" : ", " + before(labelled, copied),
            labelled.others() == 0
                ? ""
                : ", labelled together with %d other%s"
                    .formatted(labelled.others(), labelled.others() == 1 ? "" : "s"));
  }

  private static String before(Labelled labelled, StoredLayers.Copied copied) {
    return copied.layers() == 0
        ? "%d of them kept from before".formatted(labelled.resumed())
        : copied.note();
  }
}
