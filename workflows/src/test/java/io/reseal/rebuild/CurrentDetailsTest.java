package io.reseal.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the Web UI shows of a rebuild: where it is, why it stands still, what a person can do. */
class CurrentDetailsTest {

  private static final StateChange CHANGE =
      new StateChange(
          0, RebuildState.TREE_D_BUILT, 0, "tree D", "host-a", 1, 1, 0L, 2500L, 1, "a|b", null);

  private static RunRecord run(RebuildState state, String paused, String attention) {
    return new RunRecord(
        "run",
        "rebuild-f01001-123",
        new SectorId(1001, 123),
        state,
        "host-a",
        1,
        0,
        0,
        state.isEnd() ? 1L : null,
        1,
        "disk-7",
        paused,
        attention,
        null,
        "anne");
  }

  private static String render(RunRecord run, RunStatus status, Step running, String waiting) {
    return CurrentDetails.render(
        run, List.of(CHANGE), status, running == null ? null : running.title(), waiting);
  }

  @Test
  void tellsWhatRunsWhereAndOfWhichBatch() {
    assertThat(
            render(run(RebuildState.TREE_D_BUILT, null, null), RunStatus.WORKING, Step.PC1, null))
        .contains(
            "**Sector f01001/123: TreeDBuilt** on `host-a#1`, running PC1, of batch `disk-7`",
            "You can: `reseal sectors pause 1001 123`, `reseal sectors abort 1001 123`.",
            "| 01\u201101\u00a000:00:00\u00a0 | tree\u00a0D\u00a0 | TreeDBuilt\u00a0 |"
                + " 2\u00a0s\u00a0 | a\\|b |")
        .doesNotContain("Waits for", "Paused", "attention");
  }

  @Test
  void tellsWhatItWaitsFor() {
    assertThat(
            render(
                run(RebuildState.EMPTY, null, null),
                RunStatus.QUEUED,
                null,
                "a sealing thread of host-b"))
        .contains("Waits for a sealing thread of host-b.", "`reseal sectors move 1001 123`");
  }

  @Test
  void tellsWhyItStandsStillAndHowItGoesOn() {
    assertThat(
            render(
                run(RebuildState.PC1_DONE, "paused by anne", null), RunStatus.PAUSED, null, null))
        .contains("**Paused:** paused by anne", "You can: `reseal sectors resume 1001 123`");
    assertThat(
            render(
                run(RebuildState.PC1_DONE, null, "Host.NoStore: No room."),
                RunStatus.PARKED,
                null,
                null))
        .contains("**Needs attention:** Host.NoStore: No room.", "reseal sectors resume");
    assertThat(
            render(
                run(RebuildState.PC1_DONE, "anne paused host-a#1.", null),
                RunStatus.THREAD_PAUSED,
                null,
                null))
        .contains("**Paused:** anne paused host-a#1.", "`reseal util worker resume host-a 1`");
  }

  @Test
  void offersNothingAtTheEnd() {
    assertThat(render(run(RebuildState.FINISHED, null, null), RunStatus.WORKING, null, null))
        .doesNotContain("You can");
  }
}
