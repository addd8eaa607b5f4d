package io.reseal.cli.report;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How many sectors had come how far when, how many were to, and how many had to.
 *
 * @param stored when each that is in its store came there
 * @param proven when each that is proven was
 * @param planned when each was to be in its store; empty if that was not known of all
 * @param chances the last moment at which each that is known as a loss can be declared recovered
 * @param total how many sectors there are
 */
record ProgressCurves(Curve stored, Curve proven, Curve planned, Curve chances, int total) {

  /** Times in order, in epoch milliseconds. */
  static final class Curve {

    private static final Curve EMPTY = new Curve(new long[0]);

    private final long[] times;

    private Curve(long[] times) {
      this.times = times;
    }

    boolean isEmpty() {
      return times.length == 0;
    }

    long first() {
      return times[0];
    }

    long last() {
      return times[times.length - 1];
    }

    /** How many had happened by then. */
    int by(long time) {
      int at = Arrays.binarySearch(times, time);
      while (at >= 0 && at + 1 < times.length && times[at + 1] == time) {
        at++;
      }
      return at >= 0 ? at + 1 : -at - 1;
    }
  }

  static ProgressCurves of(List<BatchReport.Sector> sectors) {
    Curve planned = curve(sectors, sector -> sector.loss() == null ? null : plan(sector));
    return new ProgressCurves(
        curve(sectors, BatchReport.Sector::storedAt),
        curve(sectors, BatchReport.Sector::provenAt),
        planned.times.length == sectors.size() ? planned : Curve.EMPTY,
        curve(sectors, sector -> sector.loss() == null ? null : sector.loss().lastChance()),
        sectors.size());
  }

  private static Long plan(BatchReport.Sector sector) {
    return sector.loss().plannedAt();
  }

  private static Curve curve(
      List<BatchReport.Sector> sectors, Function<BatchReport.Sector, Long> time) {
    return new Curve(
        sectors.stream()
            .map(time)
            .filter(Objects::nonNull)
            .mapToLong(Long::longValue)
            .sorted()
            .toArray());
  }

  /**
   * The time that is worth drawing: up to the last of what was planned or done; up to the last
   * moments only if they are not so far away that nothing else could be seen.
   */
  TimeAxis axis(long from, long now) {
    long end =
        Stream.of(stored, proven, planned)
            .filter(curve -> !curve.isEmpty())
            .mapToLong(Curve::last)
            .reduce(now, Math::max);
    boolean near = !chances.isEmpty() && chances.last() - from <= 2 * (end - from);
    return new TimeAxis(from, near ? Math.max(end, chances.last()) : end);
  }
}
