package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.core.StageProgress;
import io.reseal.plan.Step;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressEstimateTest {

  private static final long MINUTE = 60_000;

  private static ProgressEstimate pc1(OptionalLong usual) {
    ProgressEstimate estimate = new ProgressEstimate(Step.PC1, () -> usual, 0);
    estimate.report(0, new StageProgress(0, 11, "layers", -1, false, "layer 0 of 11"));
    return estimate;
  }

  /** Seen to catch a time left that is guessed where nothing is known. */
  @Test
  void saysNoTimeWhereNothingWasLearned() {
    ProgressEstimate estimate = pc1(OptionalLong.empty());
    assertThat(estimate.at(5 * MINUTE).text()).isEqualTo("PC1: layer 1 of 11");
    assertThat(estimate.at(5 * MINUTE).etaSeconds()).isEqualTo(-1);

    ProgressEstimate pc2 = new ProgressEstimate(Step.PC2, OptionalLong::empty, 0);
    pc2.report(MINUTE, new StageProgress(1, 3, "steps", -1, false, "tree C"));
    assertThat(pc2.at(2 * MINUTE).text()).isEqualTo("PC2: tree C");
    assertThat(pc2.at(2 * MINUTE).etaSeconds()).isEqualTo(-1);
  }

  @Test
  void goesByWhatTheHostLearnedInTheFirstLayer() {
    ProgressEstimate estimate = pc1(OptionalLong.of(110 * MINUTE));

    assertThat(estimate.at(4 * MINUTE).text())
        .isEqualTo("PC1: layer 1 of 11, ~40 %, ETA 1 h 46 min");
    assertThat(estimate.at(4 * MINUTE).etaSeconds()).isEqualTo(106 * 60);
  }

  /** Seen to catch the time of waiting taken for work: in the time left, and as layers made. */
  @Test
  void waitingIsNoWork() {
    ProgressEstimate estimate =
        new ProgressEstimate(Step.PC1, () -> OptionalLong.of(110 * MINUTE), 0);
    estimate.waits("waits for a core to label on");
    assertThat(estimate.at(60 * MINUTE).text()).isEqualTo("PC1: waits for a core to label on");
    assertThat(estimate.at(60 * MINUTE).etaSeconds()).isEqualTo(-1);
    estimate.report(60 * MINUTE, new StageProgress(3, 11, "layers", -1, false, "layer 3 of 11"));
    assertThat(estimate.hasFinishedLayers()).isFalse();
    assertThat(estimate.at(65 * MINUTE).text())
        .isEqualTo("PC1: layer 4 of 11, ~50 %, ETA 1 h 15 min");

    ProgressEstimate told = new ProgressEstimate(Step.PC1, OptionalLong::empty, 0);
    told.waits("waits for a core to label on");
    told.report(60 * MINUTE, new StageProgress(0, 11, "layers", 0, false, "layer 1 of 11"));
    told.report(66 * MINUTE, new StageProgress(0, 11, "layers", 0.5, false, "layer 1 of 11"));
    assertThat(told.at(66 * MINUTE).text()).isEqualTo("PC1: layer 1 of 11, 50 %, ETA 2 h 6 min");
  }

  @Test
  void saysWithWhomASectorIsLabelled() {
    ProgressEstimate estimate = pc1(OptionalLong.empty());
    estimate.labelledWith("f01001/124, f01001/125");
    estimate.report(MINUTE, new StageProgress(2, 11, "layers", 0.42, false, "layer 3 of 11: 42 %"));
    assertThat(estimate.at(MINUTE).text())
        .isEqualTo("PC1: layer 3 of 11, 42 %, together with f01001/124, f01001/125");
    estimate.labelledWith("");
    assertThat(estimate.at(MINUTE).text()).isEqualTo("PC1: layer 3 of 11, 42 %");
  }

  /** Seen to catch the elapsed time of the whole step taken for that of the layer. */
  @Test
  void goesByTheLayerBeforeInsideALayer() {
    ProgressEstimate estimate = pc1(OptionalLong.empty());
    estimate.report(10 * MINUTE, new StageProgress(1, 11, "layers", -1, false, "layer 1 of 11"));
    estimate.report(30 * MINUTE, new StageProgress(2, 11, "layers", -1, false, "layer 2 of 11"));

    assertThat(estimate.at(35 * MINUTE).text())
        .isEqualTo("PC1: layer 3 of 11, ~25 %, ETA 2 h 55 min");
    assertThat(estimate.at(35 * MINUTE).done()).isEqualTo(2);
  }

  /** Seen to catch a layer that is shown as finished before the stage said so. */
  @Test
  void neverReachesTheNextLayerByItself() {
    ProgressEstimate estimate = pc1(OptionalLong.empty());
    estimate.report(10 * MINUTE, new StageProgress(1, 11, "layers", -1, false, "layer 1 of 11"));
    estimate.report(20 * MINUTE, new StageProgress(2, 11, "layers", -1, false, "layer 2 of 11"));

    assertThat(estimate.at(500 * MINUTE).text()).startsWith("PC1: layer 3 of 11, ~99 %");
    assertThat(estimate.at(500 * MINUTE).done()).isEqualTo(2);
  }

  /** Seen to catch the stage's own word passed over for the estimate. */
  @Test
  void goesByTheStagesWordInsideALayerWhereItTells() {
    ProgressEstimate estimate = pc1(OptionalLong.empty());
    estimate.report(
        4 * MINUTE, new StageProgress(0, 11, "layers", 0.4, false, "layer 1 of 11: 40 %"));

    assertThat(estimate.at(4 * MINUTE).text())
        .isEqualTo("PC1: layer 1 of 11, 40 %, ETA 1 h 46 min");

    estimate.report(10 * MINUTE, new StageProgress(1, 11, "layers", -1, false, "layer 1 of 11"));
    estimate.report(
        12 * MINUTE, new StageProgress(1, 11, "layers", 0.1, false, "layer 2 of 11: 10 %"));

    assertThat(estimate.at(12 * MINUTE).text())
        .isEqualTo("PC1: layer 2 of 11, 10 %, ETA 1 h 39 min");
  }

  @Test
  void theQuickFirstLayerDoesNotSpeakForTheOthers() {
    ProgressEstimate estimate = pc1(OptionalLong.of(110 * MINUTE));
    estimate.report(2 * MINUTE, new StageProgress(1, 11, "layers", -1, false, "layer 1 of 11"));

    assertThat(estimate.at(2 * MINUTE).etaSeconds()).isEqualTo(100 * 60);
  }

  /** Seen to catch layers of an earlier attempt counted into this one's rate. */
  @Test
  void aResumedStepIsMeasuredFromWhereItBegan() {
    ProgressEstimate estimate = new ProgressEstimate(Step.PC1, OptionalLong::empty, 0);
    estimate.report(0, new StageProgress(5, 11, "layers", -1, false, "layer 5 of 11"));
    assertThat(estimate.hasFinishedLayers()).isFalse();
    estimate.report(10 * MINUTE, new StageProgress(6, 11, "layers", -1, false, "layer 6 of 11"));

    assertThat(estimate.hasFinishedLayers()).isTrue();
    assertThat(estimate.at(10 * MINUTE).ratePerSecond()).isEqualTo(1 / 600.0);
    assertThat(estimate.at(10 * MINUTE).etaSeconds()).isEqualTo(50 * 60);
  }

  @Test
  void whatComesBeforeTheLayersIsShownAsTheStageSaysIt() {
    ProgressEstimate estimate = pc1(OptionalLong.of(110 * MINUTE));
    estimate.report(
        MINUTE, new StageProgress(0, 11, "layers", -1, true, "verifying the parent cache"));

    assertThat(estimate.at(2 * MINUTE).text())
        .isEqualTo("PC1: verifying the parent cache, ETA 1 h 48 min");
  }

  @Test
  void bytesGoAtTheRateSeenSoFar() {
    ProgressEstimate estimate = new ProgressEstimate(Step.PERSIST, OptionalLong::empty, 0);
    estimate.report(0, new StageProgress(0, 4000, "bytes", -1, false, "0 of 4000 bytes"));
    estimate.report(
        10_000, new StageProgress(1000, 4000, "bytes", -1, false, "1000 of 4000 bytes"));

    assertThat(estimate.at(10_000).text()).isEqualTo("persist: 1000 of 4000 bytes, ETA 30 s");
    assertThat(estimate.at(10_000).ratePerSecond()).isEqualTo(100);
  }

  /** Seen to catch a negative time left. */
  @Test
  void otherStepsGoByTheirUsualTimeUntilItIsOver() {
    ProgressEstimate estimate =
        new ProgressEstimate(Step.PC2, () -> OptionalLong.of(20 * MINUTE), 0);
    estimate.report(1000, new StageProgress(1, 3, "steps", -1, false, "tree C"));

    assertThat(estimate.at(5 * MINUTE).text()).isEqualTo("PC2: tree C, ETA 15 min");
    assertThat(estimate.at(25 * MINUTE).text()).isEqualTo("PC2: tree C");
    assertThat(estimate.at(25 * MINUTE).etaSeconds()).isEqualTo(-1);
  }

  @Test
  void theLastLayerDoneLeavesNothingToEstimate() {
    ProgressEstimate estimate = pc1(OptionalLong.empty());
    estimate.report(10 * MINUTE, new StageProgress(11, 11, "layers", -1, false, "layer 11 of 11"));

    assertThat(estimate.at(11 * MINUTE).text()).isEqualTo("PC1: layer 11 of 11");
    assertThat(estimate.at(11 * MINUTE).etaSeconds()).isEqualTo(-1);
  }
}
