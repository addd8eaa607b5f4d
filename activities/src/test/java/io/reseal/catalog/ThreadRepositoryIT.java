package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.sector.SectorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ThreadRepositoryIT {

  private static final Instant SEEN = Instant.parse("2026-11-22T10:15:30.123456789Z");

  private Catalog catalog;
  private ThreadRepository threads;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
    threads = catalog.threads();
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void givesBackWhatAHostReported() {
    List<ThreadRow> reported =
        List.of(
            idle("host-a", 0, SEEN),
            new ThreadRow(
                "host-a",
                1,
                "/mnt/nvme1/スクラッチ",
                "rebuild",
                new SectorId(1001, 123),
                true,
                SEEN.minusSeconds(60),
                true,
                "PC1Done",
                "disk full",
                "layer 2 of 11",
                new ThreadRow.Labelling(5, 2, 11),
                SEEN));
    threads.report("host-a", reported);
    assertThat(threads.ofHost("host-a")).isEqualTo(reported);
    assertThat(threads.ofHost("host-b")).isEmpty();
  }

  /** Seen to catch a report that only adds and updates. */
  @Test
  void forgetsTheThreadsThatAHostNoLongerReportsAndNoOtherHosts() {
    threads.report("host-a", rows("host-a", 3, SEEN));
    threads.report("host-b", rows("host-b", 2, SEEN));
    threads.report("host-a", rows("host-a", 1, SEEN.plusSeconds(9)));
    assertThat(threads.all())
        .containsExactly(
            idle("host-a", 0, SEEN.plusSeconds(9)),
            idle("host-b", 0, SEEN),
            idle("host-b", 1, SEEN));
    threads.report("host-b", List.of());
    assertThat(threads.all()).containsExactly(idle("host-a", 0, SEEN.plusSeconds(9)));
  }

  @Test
  void refusesAReportOfAnotherHostsThreadAndChangesNothing() {
    threads.report("host-a", rows("host-a", 1, SEEN));
    assertThatThrownBy(
            () ->
                threads.report("host-a", List.of(idle("host-a", 0, SEEN), idle("host-b", 0, SEEN))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Host host-a cannot report a thread of host host-b.");
    assertThat(threads.all()).isEqualTo(rows("host-a", 1, SEEN));
  }

  /** Seen to catch deleting first and then inserting plainly: duplicate keys. */
  @Test
  void takesReportsOfManyHostsAndOfTwoProcessesOfOneHostAtTheSameTime() throws Exception {
    List<Callable<Boolean>> tasks = new ArrayList<>();
    for (int process = 0; process < 8; process++) {
      String host = "host-" + process / 2;
      tasks.add(
          () -> {
            for (int round = 0; round < 20; round++) {
              threads.report(host, rows(host, 1 + round % 4, SEEN));
            }
            threads.report(host, rows(host, 3, SEEN));
            return true;
          });
    }
    Together.run(tasks);
    for (int host = 0; host < 4; host++) {
      assertThat(threads.ofHost("host-" + host)).isEqualTo(rows("host-" + host, 3, SEEN));
    }
  }

  private static List<ThreadRow> rows(String host, int count, Instant seenAt) {
    return IntStream.range(0, count).mapToObj(index -> idle(host, index, seenAt)).toList();
  }

  private static ThreadRow idle(String host, int index, Instant seenAt) {
    return ThreadRows.idle(host, index, "/mnt/" + index, seenAt);
  }
}
