package io.reseal.appraisal;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.ThreadRow;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchPlanTest {

  private static final Instant NOW = Instant.ofEpochMilli(1_000_000);

  private static ThreadRow thread(String host, boolean paused, boolean faulted, Instant seenAt) {
    return new ThreadRow(
        host,
        0,
        "/scratch",
        "rebuild",
        null,
        paused,
        null,
        faulted,
        "Empty",
        null,
        null,
        null,
        seenAt);
  }

  private static List<Long> ends(int parallel, String host, List<ThreadRow> threads, Integer... s) {
    return BatchPlan.of(
            BatchRecord.asked("b", 9, parallel, host, false, false, false, null, "ann"),
            threads,
            NOW)
        .ends(Arrays.stream(s).map(each -> each == null ? null : Duration.ofMillis(each)).toList())
        .map(end -> end == null ? null : end - NOW.toEpochMilli())
        .toList();
  }

  private static List<ThreadRow> threads(int count) {
    return java.util.Collections.nCopies(count, thread("a", false, false, NOW));
  }

  /** Catches: repairs that begin before a thread is free, or on one thread only. */
  @Test
  void eachRepairBeginsOnTheThreadThatIsFreeFirst() {
    assertThat(ends(64, null, threads(2), 10, 30, 10, 10, 5))
        .containsExactly(10L, 30L, 20L, 30L, 35L);
    assertThat(ends(1, null, threads(2), 10, 30)).containsExactly(10L, 40L);
  }

  /** Catches: a plan on threads that take no work, or that the batch may not use. */
  @Test
  void onlyThreadsThatTakeItsWorkCount() {
    List<ThreadRow> threads =
        List.of(
            thread("a", false, false, NOW),
            thread("b", false, false, NOW),
            thread("a", true, false, NOW),
            thread("a", false, true, NOW),
            thread("a", false, false, NOW.minus(Duration.ofHours(1))));
    assertThat(ends(64, "a", threads, 10, 10, 10)).containsExactly(10L, 20L, 30L);
    assertThat(ends(64, null, threads, 10, 10, 10)).containsExactly(10L, 10L, 20L);
  }

  /** Catches: a plan that leaves out what is not known. */
  @Test
  void thereIsNoPlanIfATimeIsNotKnownOrNoThreadTakesWork() {
    assertThat(ends(64, null, threads(1), 10, null)).containsExactly(null, null);
    assertThat(ends(64, null, List.of(), 10)).containsExactly((Long) null);
  }
}
