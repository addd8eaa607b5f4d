package io.reseal.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.appraisal.Obstacle;
import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.BatchTally;
import io.reseal.catalog.FollowedRow;
import io.reseal.cli.Samples;
import io.reseal.contract.HeldBack;
import io.reseal.contract.OnChain;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Five sectors that are in their stores since 2,000, and one that is being rebuilt. */
class BatchViewTest {

  private static SectorId sector(int number) {
    return new SectorId(1001, number);
  }

  private static FollowedRow seen(
      int number, OnChain.Status status, String attention, SoftwareAnswer software, long at) {
    return new FollowedRow(
        sector(number), status, 9, "", "", attention, null, software, at, null, 9L, at, null);
  }

  private static BatchView view(
      Map<SectorId, Obstacle> obstacles, List<SectorId> queued, FollowedRow... troubled) {
    return BatchView.of(
        BatchRecord.asked("b", 6, 3, null, false, false, false, null, "ann"),
        new BatchTally(new BatchCounts("b", 4, 0, 0, 1, 1), Map.of("proven", 1L, "faulty", 2L)),
        Optional.empty(),
        List.of(
            new BatchOutcome(
                5, sector(5), Samples.run(sector(5), RebuildState.PC1_DONE, null, null))),
        List.of(),
        obstacles,
        queued,
        List.of(troubled));
  }

  // Catches: a sector in its store that the chain will not have proven, without what to do.
  @Test
  void whatTheChainHasShownAndWhatToDoAboutIt() {
    BatchView view =
        view(
            Map.of(),
            List.of(),
            seen(2, OnChain.Status.FAULTY, "late", null, 2_000),
            seen(3, OnChain.Status.FAULTY, null, SoftwareAnswer.doesNotSee("no", "run"), 2_500));
    assertThat(view.chainNeedsYou())
        .containsExactly(
            new BatchView.ChainTrouble(sector(2), "late", null),
            new BatchView.ChainTrouble(sector(3), "no", "run"));
    assertThat(view.text())
        .contains("On chain: proven: 1", "not to be proven unless you act", "Run: run");
  }

  // Catches: work that is worth nothing any more and is not offered for stopping; a sector that
  // waits for its turn offered, too.
  @Test
  void aSectorThatEndsWhileItIsRebuiltIsOfferedForStopping() {
    Obstacle ended = new Obstacle(HeldBack.TOO_LATE, "the chain expects no more proofs of it");
    Obstacle lacking = new Obstacle(HeldBack.LACKS_INPUTS, "x");
    BatchView view =
        view(
            Map.of(sector(5), ended, sector(1), ended, sector(4), lacking),
            List.of(sector(4), sector(6)));

    assertThat(view.worthless())
        .containsExactly(new BatchView.NotStarted(sector(5), HeldBack.TOO_LATE, ended.why()));
    assertThat(view.notStarted())
        .containsExactly(new BatchView.NotStarted(sector(4), HeldBack.LACKS_INPUTS, "x"));
    assertThat(view.running()).as("it goes on").hasSize(1);
    assertThat(view.text())
        .contains("not worth it any more", ended.why(), "To stop it", "reseal abort 1001 5")
        .doesNotContain("reseal abort 1001 1");
  }
}
