package io.reseal.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.appraisal.Obstacle;
import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.FollowedRow;
import io.reseal.cli.Samples;
import io.reseal.contract.HeldBack;
import io.reseal.contract.OnChain;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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

  private static BatchView view(FollowedRow... followed) {
    return view(Map.of(), followed);
  }

  private static BatchView view(Map<SectorId, Obstacle> obstacles, FollowedRow... followed) {
    List<BatchOutcome> outcomes =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    new BatchOutcome(
                        i,
                        sector(i),
                        i == 5
                            ? Samples.run(sector(i), RebuildState.PC1_DONE, null, null)
                            : Samples.run(sector(i), RebuildState.FINISHED, 2_000L, null)))
            .toList();
    return BatchView.of(
        BatchRecord.asked("b", 6, 3, null, false, false, false, null, "ann"),
        new BatchCounts("b", 5, 0, 0, 1, 0),
        outcomes,
        List.of(),
        List.of(followed),
        obstacles,
        3_000);
  }

  /** Catches: what the chain said of a sector before it was put back. */
  @Test
  void finishedSectorsAreCountedByWhatTheChainHasShownSince() {
    BatchView view =
        view(
            seen(0, OnChain.Status.PROVEN, null, null, 2_500),
            seen(1, OnChain.Status.PROVEN, null, null, 1_500),
            seen(4, OnChain.Status.ENDED, "nothing is left to prove", null, 2_500),
            seen(2, OnChain.Status.FAULTY, "late", null, 2_000),
            seen(3, OnChain.Status.FAULTY, null, SoftwareAnswer.doesNotSee("no", "run"), 2_500),
            seen(5, OnChain.Status.FAULTY, "of before", null, 2_500));
    assertThat(view.onChain())
        .isEqualTo(Map.of("proven", 1L, "faulty", 2L, "not seen", 1L, "ended", 1L));
    assertThat(view.chainNeedsYou())
        .containsExactly(
            new BatchView.ChainTrouble(sector(2), "late", null),
            new BatchView.ChainTrouble(sector(3), "no", "run"));
    assertThat(view.text())
        .contains("On chain: proven: 1", "not to be proven unless you act", "Run: run");
  }

  /** Catches: work that is worth nothing any more and is not offered for stopping. */
  @Test
  void aSectorThatEndsWhileItIsRebuiltIsOfferedForStopping() {
    Obstacle ended = new Obstacle(HeldBack.TOO_LATE, "the chain expects no more proofs of it");
    BatchView view =
        view(
            Map.of(
                sector(5),
                ended,
                sector(1),
                ended,
                sector(4),
                new Obstacle(HeldBack.LACKS_INPUTS, "x")));

    assertThat(view.worthless())
        .containsExactly(new BatchView.NotStarted(sector(5), HeldBack.TOO_LATE, ended.why()));
    assertThat(view.running()).as("it goes on").hasSize(1);
    assertThat(view.text())
        .contains("not worth it any more", ended.why(), "To stop it", "reseal abort 1001 5")
        .doesNotContain("reseal abort 1001 1");
  }
}
