package io.reseal.config;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 30s}, {@code 5min}, {@code 1h 30m}. */
public final class Durations {

  private static final Pattern PART = Pattern.compile("\\s*([0-9]{1,9})\\s*([a-z]+)\\s*");

  private Durations() {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException stating how to write it
   */
  public static Duration parse(String text) {
    Matcher part = PART.matcher(text.toLowerCase(Locale.ROOT));
    Duration sum = Duration.ZERO;
    int end = 0;
    while (end < text.length() && part.find() && part.start() == end) {
      sum = sum.plus(unit(text, part.group(2)).multipliedBy(Long.parseLong(part.group(1))));
      end = part.end();
    }
    if (text.isBlank() || end != text.length()) {
      throw refusal(text);
    }
    return sum;
  }

  private static Duration unit(String text, String name) {
    return switch (name) {
      case "ms", "millis" -> Duration.ofMillis(1);
      case "s", "sec", "secs", "second", "seconds" -> Duration.ofSeconds(1);
      case "m", "min", "mins", "minute", "minutes" -> Duration.ofMinutes(1);
      case "h", "hr", "hrs", "hour", "hours" -> Duration.ofHours(1);
      case "d", "day", "days" -> Duration.ofDays(1);
      default -> throw refusal(text);
    };
  }

  private static IllegalArgumentException refusal(String text) {
    return new IllegalArgumentException(
        "'%s' is not a duration: write it as 30s, 5m or 2h.".formatted(text));
  }
}
