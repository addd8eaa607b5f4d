package io.reseal.appraisal;

import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * In which order lost sectors are rebuilt: by value, except that those that would miss their last
 * useful moment in that order go first. If all take equally long, as many as possible are in time.
 */
public final class RebuildOrder {

  /** Each round finds at least one more that must go first; usually all are found in a few. */
  private static final int MOST_ROUNDS = 100;

  /**
   * A rebuild that is to be done.
   *
   * @param work how long it usually takes, or null if that is not known
   * @param last when the sector must be back at the latest, in epoch milliseconds
   */
  public record Job(SectorId sector, Duration work, long last) {

    /** The rebuild of a lost sector. */
    public static Job of(LossReading.Line line, LossReading.Read read, long now) {
      return new Job(
          line.sector(),
          line.loss().work(),
          now + read.clock().until(line.loss().outlook().lastWhole()).toMillis());
    }
  }

  /**
   * An order.
   *
   * @param urgent those that go first because they would be too late otherwise
   */
  public record Order(List<SectorId> sectors, Set<SectorId> urgent) {}

  private final Supplier<BatchPlan> threads;
  private final List<Job> urgent = new ArrayList<>();
  private final List<Job> byValue;

  /** Even before all others they would be too late, if the usual times are right. */
  private final List<Job> hopeless = new ArrayList<>();

  private RebuildOrder(List<Job> byValue, Supplier<BatchPlan> threads) {
    this.byValue = new ArrayList<>(byValue);
    this.threads = threads;
  }

  /**
   * The order of some sectors.
   *
   * @param byValue the one that brings most for its work first
   * @param threads that do them, with what they have to do before
   */
  public static Order of(List<Job> byValue, Supplier<BatchPlan> threads) {
    return new RebuildOrder(known(byValue), threads).order();
  }

  /** What is not known is taken to be as long as the longest. */
  private static List<Job> known(List<Job> jobs) {
    Duration longest =
        jobs.stream()
            .map(Job::work)
            .filter(work -> work != null)
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    return jobs.stream()
        .map(job -> job.work() == null ? new Job(job.sector(), longest, job.last()) : job)
        .toList();
  }

  private Order order() {
    List<Job> late = late(byValue);
    for (int round = 1; !late.isEmpty(); round++) {
      goFirst(round < MOST_ROUNDS ? late : byValue);
      late = late(Stream.concat(urgent.stream(), byValue.stream()).toList());
    }
    return new Order(
        Stream.of(urgent, byValue, hopeless).flatMap(List::stream).map(Job::sector).toList(),
        urgent.stream().map(Job::sector).collect(Collectors.toSet()));
  }

  private void goFirst(List<Job> jobs) {
    List<Job> first = List.copyOf(jobs);
    byValue.removeAll(Set.copyOf(first));
    urgent.addAll(first);
    urgent.sort(Comparator.comparingLong(Job::last).thenComparing(Job::sector));
    BatchPlan plan = threads.get();
    for (Job job : List.copyOf(urgent)) {
      if (!plan.endsBy(job.last(), job.work())) {
        urgent.remove(job);
        hopeless.add(job);
      }
    }
  }

  private List<Job> late(List<Job> inOrder) {
    Iterator<Long> ends = threads.get().ends(inOrder.stream().map(Job::work).toList()).iterator();
    return inOrder.stream().filter(job -> ends.next() > job.last()).toList();
  }
}
