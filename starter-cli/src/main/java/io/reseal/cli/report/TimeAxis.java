package io.reseal.cli.report;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A stretch of time as the horizontal axis of a drawing.
 *
 * @param from its left end, in epoch milliseconds
 * @param to its right end; later
 */
record TimeAxis(long from, long to) {

  private static final int MOST_TICKS = 4;

  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM", Locale.ROOT);

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

  private static final List<Duration> STEPS =
      Stream.of(1, 5, 15, 60, 180, 360, 720, 1440, 2880, 7 * 1440, 14 * 1440, 28 * 1440, 84 * 1440)
          .map(Duration::ofMinutes)
          .toList();

  /** A mark on the axis: where, in parts of 1, and what it says. */
  record Tick(double at, String text) {}

  TimeAxis {
    to = Math.max(to, from + 1);
  }

  /** Where a time is, in parts of 1; times outside are at the ends. */
  double at(long time) {
    return Math.max(0, Math.min(1, (double) (time - from) / (to - from)));
  }

  /** The time that so many of so many equal parts end at. */
  long part(int index, int parts) {
    return from + (to - from) * index / parts;
  }

  List<Tick> ticks() {
    Duration step =
        STEPS.stream()
            .filter(each -> (to - from) / each.toMillis() < MOST_TICKS)
            .findFirst()
            .orElse(Duration.ofDays(1 + Duration.ofMillis(to - from).toDays() / MOST_TICKS));
    ZonedDateTime midnight = local(from).truncatedTo(ChronoUnit.DAYS);
    List<Long> times =
        LongStream.iterate(
                midnight.toInstant().toEpochMilli(), at -> at <= to, at -> at + step.toMillis())
            .filter(at -> at >= from)
            .boxed()
            .toList();
    boolean hasDay = times.stream().anyMatch(TimeAxis::isMidnight);
    return times.stream()
        .map(at -> new Tick(at(at), text(at, !hasDay && at.equals(times.get(0)))))
        .toList();
  }

  /** The day at midnight, else the time; the day too where no midnight shows it. */
  private static String text(long time, boolean both) {
    if (both) {
      return DAY.format(local(time)) + " " + TIME.format(local(time));
    }
    return (isMidnight(time) ? DAY : TIME).format(local(time));
  }

  private static boolean isMidnight(long time) {
    return local(time).toLocalTime().equals(LocalTime.MIDNIGHT);
  }

  private static ZonedDateTime local(long time) {
    return Instant.ofEpochMilli(time).atZone(ZoneId.systemDefault());
  }
}
