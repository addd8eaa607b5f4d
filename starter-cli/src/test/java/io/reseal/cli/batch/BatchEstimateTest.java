package io.reseal.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.BatchLoss;
import io.reseal.losses.Verdict;
import io.reseal.sector.SectorId;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of whether a batch's sectors will be back in time. */
class BatchEstimateTest {

  private static final Instant NOW = Instant.ofEpochMilli(1_000_000);
  private static final long HOUR = 3_600_000;

  private static BatchLoss loss(long number, Long wholeBy, long lastChance) {
    BigInteger none = BigInteger.ZERO;
    return new BatchLoss(
        new SectorId(1001, number),
        0,
        Verdict.WILL_FAULT,
        "its sealed file",
        2048,
        false,
        0,
        0,
        wholeBy == null ? null : NOW.toEpochMilli() + wholeBy,
        0,
        24 * HOUR,
        NOW.toEpochMilli() + lastChance,
        Long.MAX_VALUE,
        null,
        none,
        none,
        none,
        none);
  }

  /** Each takes an hour. */
  private static List<String> sentences(int threads, List<BatchLoss> losses) {
    return new BatchEstimate(
            losses, Collections.nCopies(losses.size(), Duration.ofHours(1)), threads, NOW)
        .sentences()
        .toList();
  }

  private static List<BatchLoss> losses(int count, Long wholeBy, long lastChance) {
    List<BatchLoss> losses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      losses.add(loss(i, wholeBy, lastChance));
    }
    return losses;
  }

  // Fails if the queue is left out: each alone would be in time.
  @Test
  void thoseThatWaitTooLongAreNamedWithTheThreadsThatWouldDo() {
    assertThat(sentences(2, losses(10, null, 2 * HOUR)))
        .last()
        .isEqualTo(
            "6 of them would be too late for the chain (sectors 4-9). With 3 more sealing threads"
                + " none would be.");
    assertThat(sentences(5, losses(10, null, 2 * HOUR)))
        .singleElement()
        .asString()
        .startsWith("With 5 sealing threads the last of them would be back by ");
  }

  // Fails if more threads are said to help where the work itself takes too long.
  @Test
  void hostsAreNotAskedForInVain() {
    List<BatchLoss> losses = losses(3, null, 3 * HOUR);
    losses.set(0, loss(0, null, HOUR / 2));
    assertThat(sentences(1, losses))
        .last()
        .isEqualTo(
            "1 of them would be too late for the chain (sector 0). More hosts would not help.");
    losses.set(1, loss(1, null, HOUR));
    assertThat(sentences(1, losses))
        .last()
        .asString()
        .endsWith("(sectors 0-1). With 1 more sealing thread only 1 would be.");
  }

  // Fails if a fault that could be prevented is not announced.
  @Test
  void faultsOnTheWayAreSaid() {
    assertThat(sentences(1, losses(2, HOUR, 100 * HOUR)))
        .last()
        .isEqualTo(
            "1 of them would be faulty by then (sector 1). With 1 more sealing thread none would"
                + " be.");
  }

  // Fails if a time is made up.
  @Test
  void nothingIsSaidOfTimesThatAreNotKnown() {
    assertThat(sentences(0, losses(2, null, HOUR)))
        .singleElement()
        .asString()
        .startsWith("No sealing thread takes work now");
    assertThat(
            new BatchEstimate(losses(1, null, HOUR), Collections.singletonList(null), 1, NOW)
                .sentences())
        .singleElement()
        .asString()
        .startsWith("When they will be back cannot be said");
  }
}
