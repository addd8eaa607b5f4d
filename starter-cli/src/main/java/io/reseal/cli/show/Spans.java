package io.reseal.cli.show;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Times and spans as the program shows them. */
public final class Spans {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());

  private Spans() {}

  /** {@code 13m42s}, {@code 2h3m4s}, {@code 850ms}. */
  public static String of(Duration span) {
    if (span.compareTo(Duration.ofSeconds(1)) < 0) {
      return Math.max(0, span.toMillis()) + "ms";
    }
    StringBuilder text = new StringBuilder();
    long hours = span.toHours();
    if (hours > 0) {
      text.append(hours).append('h');
    }
    if (hours > 0 || span.toMinutesPart() > 0) {
      text.append(span.toMinutesPart()).append('m');
    }
    return text.append(span.toSecondsPart()).append('s').toString();
  }

  /** {@code 41d7h}, {@code 5h13m}; nothing is less than no time. */
  public static String rough(Duration span) {
    Duration left = span.isNegative() ? Duration.ZERO : span;
    return left.toDays() > 0
        ? "%dd%dh".formatted(left.toDays(), left.toHoursPart())
        : "%dh%dm".formatted(left.toHours(), left.toMinutesPart());
  }

  /** {@code 2026-11-22 13:05}, in the machine's time zone. */
  public static String minute(long epochMillis) {
    return MINUTE.format(Instant.ofEpochMilli(epochMillis));
  }

  /** {@code 2026-11-22 13:05:07}, in the machine's time zone; null for null. */
  public static String time(Long epochMillis) {
    return epochMillis == null
        ? null
        : TIME.format(Instant.ofEpochMilli(epochMillis).truncatedTo(ChronoUnit.SECONDS));
  }
}
