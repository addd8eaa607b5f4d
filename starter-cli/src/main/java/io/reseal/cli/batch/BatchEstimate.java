package io.reseal.cli.batch;

import io.reseal.appraisal.BatchPlan;
import io.reseal.catalog.BatchLoss;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.show.Ranges;
import io.reseal.cli.show.Spans;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether the lost sectors of a batch will be back in time, if each repair takes its usual time and
 * they have all sealing threads for themselves.
 */
public final class BatchEstimate {

  private final List<BatchLoss> losses;
  private final List<Duration> works;
  private final int threads;
  private final Instant now;

  BatchEstimate(List<BatchLoss> losses, List<Duration> works, int threads, Instant now) {
    this.losses = losses;
    this.works = works;
    this.threads = threads;
    this.now = now;
  }

  /** An estimate for a batch that begins now. */
  public static BatchEstimate of(
      BatchLosses.Planned planned, BatchRecord batch, List<ThreadRow> threads, Instant now) {
    return new BatchEstimate(
        planned.losses(), planned.works(), BatchPlan.threads(batch, threads, now), now);
  }

  /** The estimate in sentences. */
  public Stream<String> sentences() {
    if (threads == 0) {
      return Stream.of(
          "No sealing thread takes work now, so nothing can be said of when they will be back.");
    }
    if (works.stream().anyMatch(work -> work == null)) {
      return Stream.of(
          "When they will be back cannot be said: for some, the usual time of the repair is not"
              + " known yet.");
    }
    List<Long> ends = ends(threads);
    String done =
        "With %d sealing threads the last of them would be back by %s."
            .formatted(threads, Spans.time(ends.stream().max(Long::compare).orElseThrow()));
    return Stream.concat(
        Stream.of(done),
        Stream.concat(
            late(ends, BatchLoss::wholeBy, "faulty by then"),
            late(ends, BatchLoss::lastChance, "too late for the chain")));
  }

  private List<Long> ends(int on) {
    return BatchPlan.on(on, now).ends(works).toList();
  }

  /** What is said of those that are back after a moment of theirs; nothing if none is. */
  private Stream<String> late(List<Long> ends, Function<BatchLoss, Long> moment, String what) {
    List<SectorId> late = late(ends, moment);
    return late.isEmpty()
        ? Stream.empty()
        : Stream.of(
            "%d of them would be %s (%s). %s"
                .formatted(late.size(), what, numbers(late), remedy(moment)));
  }

  private static String numbers(List<SectorId> sectors) {
    SortedSet<Long> numbers =
        sectors.stream().map(SectorId::number).collect(Collectors.toCollection(TreeSet::new));
    return "%s %s"
        .formatted(
            numbers.size() == 1 ? "sector" : "sectors", String.join(", ", Ranges.of(numbers)));
  }

  private List<SectorId> late(List<Long> ends, Function<BatchLoss, Long> moment) {
    Iterator<Long> end = ends.iterator();
    return losses.stream()
        .filter(
            loss -> {
              long back = end.next();
              Long last = moment.apply(loss);
              return last != null && back > last;
            })
        .map(BatchLoss::sector)
        .toList();
  }

  /** More threads never end a repair later, so the smallest number can be searched for. */
  private String remedy(Function<BatchLoss, Long> moment) {
    int enough = losses.size();
    int most = late(ends(enough), moment).size();
    int tooFew = threads;
    if (late(ends(tooFew), moment).size() == most) {
      return "More hosts would not help.";
    }
    while (enough - tooFew > 1) {
      int middle = (tooFew + enough) >>> 1;
      if (late(ends(middle), moment).size() == most) {
        enough = middle;
      } else {
        tooFew = middle;
      }
    }
    int more = enough - threads;
    return "With %d more sealing %s %s would be."
        .formatted(more, more == 1 ? "thread" : "threads", most == 0 ? "none" : "only " + most);
  }
}
