package io.reseal.appraisal;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.sector.SectorId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** In which order lost sectors are rebuilt. Times are in hours from now. */
class RebuildOrderTest {

  private static final long HOUR = 3_600_000;

  private static RebuildOrder.Job job(long number, Integer work, long last) {
    return new RebuildOrder.Job(
        new SectorId(1001, number), work == null ? null : Duration.ofHours(work), last * HOUR);
  }

  private static RebuildOrder.Order of(int threads, List<RebuildOrder.Job> jobs) {
    return RebuildOrder.of(jobs, () -> BatchPlan.on(threads, Instant.ofEpochMilli(0)));
  }

  private static List<Long> order(int threads, RebuildOrder.Job... jobs) {
    return of(threads, List.of(jobs)).sectors().stream().map(SectorId::number).toList();
  }

  // Fails if the order is changed although all are in time, or what would be too late stays last.
  @Test
  void whatWouldBeTooLateGoesFirst() {
    assertThat(order(1, job(1, 2, 9), job(2, 2, 9), job(3, 2, 6))).containsExactly(1L, 2L, 3L);
    assertThat(order(1, job(1, 2, 9), job(2, 2, 9), job(3, 2, 5))).containsExactly(3L, 1L, 2L);
    assertThat(order(2, job(1, 2, 9), job(2, 2, 9), job(3, 2, 5))).containsExactly(1L, 2L, 3L);
  }

  // Fails if one that goes first makes another too late that would have been in time.
  @Test
  void whatIsPushedBackTooFarGoesFirstToo() {
    assertThat(order(1, job(1, 2, 9), job(2, 2, 4), job(3, 2, 5))).containsExactly(2L, 3L, 1L);
  }

  // Fails if a sector that cannot be in time anyway takes the place of one that can.
  @Test
  void whatCannotBeInTimeIsLast() {
    assertThat(order(1, job(1, 2, 9), job(2, 2, 3), job(3, 2, 3))).containsExactly(2L, 1L, 3L);
    assertThat(of(1, List.of(job(1, 2, 9), job(2, 2, 3), job(3, 2, 3))).urgent())
        .containsExactly(new SectorId(1001, 2));
  }

  // Fails if an unknown time counts as none.
  @Test
  void aTimeThatIsNotKnownCountsLikeTheLongest() {
    assertThat(order(1, job(1, null, 9), job(2, 3, 5))).containsExactly(2L, 1L);
    assertThat(order(1, job(1, null, 1), job(2, null, 1))).containsExactly(1L, 2L);
  }

  // Fails if the work that was begun before is forgotten.
  @Test
  void whatWasBegunTakesItsTime() {
    List<RebuildOrder.Job> jobs = List.of(job(1, 2, 9), job(2, 2, 5));
    RebuildOrder.Order order =
        RebuildOrder.of(
            jobs,
            () -> {
              BatchPlan plan = BatchPlan.on(1, Instant.ofEpochMilli(0));
              plan.begin(List.of(Duration.ofHours(2)));
              return plan;
            });
    assertThat(order.sectors()).extracting(SectorId::number).containsExactly(2L, 1L);
  }

  // Fails if fewer are in time than with the order by last moments, or one is lost or doubled.
  @Test
  void asManyAsPossibleAreInTimeIfAllTakeEquallyLong() {
    Random random = new Random(3);
    for (int round = 0; round < 300; round++) {
      int threads = 1 + random.nextInt(3);
      List<RebuildOrder.Job> jobs = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        jobs.add(job(i, 2, random.nextInt(20)));
      }
      List<RebuildOrder.Job> ordered =
          of(threads, jobs).sectors().stream()
              .map(sector -> jobs.get((int) sector.number()))
              .toList();

      assertThat(ordered).containsExactlyInAnyOrderElementsOf(jobs);
      assertThat(inTime(threads, ordered)).isEqualTo(mostInTime(threads, jobs));
    }
  }

  private static long inTime(int threads, List<RebuildOrder.Job> ordered) {
    List<Long> ends =
        BatchPlan.on(threads, Instant.ofEpochMilli(0))
            .ends(Collections.nCopies(ordered.size(), Duration.ofHours(2)))
            .toList();
    return IntStream.range(0, ordered.size())
        .filter(i -> ends.get(i) <= ordered.get(i).last())
        .count();
  }

  /** Each place in time is given to the one with the least time left that can have it. */
  private static long mostInTime(int threads, List<RebuildOrder.Job> jobs) {
    List<Long> left = new ArrayList<>(jobs.stream().map(RebuildOrder.Job::last).sorted().toList());
    long done = 0;
    for (int place = 0; !left.isEmpty(); place++) {
      long end = (place / threads + 1L) * 2 * HOUR;
      left.removeIf(last -> last < end);
      if (!left.isEmpty()) {
        left.remove(0);
        done++;
      }
    }
    return done;
  }
}
