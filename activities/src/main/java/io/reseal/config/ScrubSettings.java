package io.reseal.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code [scrub]}: how the copies in this host's stores are checked.
 *
 * @param sampleEvery how often a sample of each copy is checked; empty for never
 * @param fullEvery how often every byte of each copy is read; empty for never
 * @param hours the hours of the day in which that is done; empty for all
 * @param bytesPerSecond how much of a store is read in a second; empty for any number
 * @param readers how many copies of a store are checked at a time
 */
public record ScrubSettings(
    Optional<Duration> sampleEvery,
    Optional<Duration> fullEvery,
    Optional<Hours> hours,
    Optional<Long> bytesPerSecond,
    int readers) {

  /** From one time of the day to another, which is of the next day if it is not later. */
  public record Hours(LocalTime from, LocalTime to) {}

  private static final Duration SAMPLE_EVERY = Duration.ofDays(7);
  private static final Duration FULL_EVERY = Duration.ofDays(365);
  private static final Duration LEAST = Duration.ofMinutes(1);
  private static final Duration MOST = Duration.ofDays(3650);
  private static final long LEAST_BYTES = 1 << 20;
  private static final int MOST_READERS = 64;

  private static final Pattern HOURS =
      Pattern.compile("\\s*(\\d{1,2}:\\d{2})\\s*-\\s*(\\d{1,2}:\\d{2})\\s*");

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("H:mm");

  /** Empty if the section does not enable anything. */
  static Optional<ScrubSettings> read(TomlSection section) {
    ScrubSettings settings = parse(section);
    return section.flag("enable").orElse(false)
            && (settings.sampleEvery.isPresent() || settings.fullEvery.isPresent())
        ? Optional.of(settings)
        : Optional.empty();
  }

  private static ScrubSettings parse(TomlSection section) {
    return new ScrubSettings(
        section.parsed("sample_every", ScrubSettings::period).orElse(Optional.of(SAMPLE_EVERY)),
        section.parsed("full_every", ScrubSettings::period).orElse(Optional.of(FULL_EVERY)),
        section.parsed("hours", ScrubSettings::hours),
        section.parsed("bytes_per_second", ScrubSettings::bytes),
        section.count("readers", 1, MOST_READERS).orElse(1));
  }

  private static Optional<Duration> period(String text) {
    if (text.strip().equals("never")) {
      return Optional.empty();
    }
    Duration period = Durations.parse(text);
    if (period.compareTo(LEAST) < 0 || period.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          "'%s' is out of range; write 1m to 3650d, or never.".formatted(text));
    }
    return Optional.of(period);
  }

  private static Hours hours(String text) {
    Matcher matcher = HOURS.matcher(text);
    if (matcher.matches()) {
      try {
        Hours hours =
            new Hours(
                LocalTime.parse(matcher.group(1), TIME), LocalTime.parse(matcher.group(2), TIME));
        if (!hours.from().equals(hours.to())) {
          return hours;
        }
      } catch (DateTimeException e) {
        // The same message as for any other text.
      }
    }
    throw new IllegalArgumentException(
        "'%s' are not hours of the day: write them as 22:00-06:00, or leave the key out for all hours."
            .formatted(text));
  }

  private static long bytes(String text) {
    long bytes = ByteSizes.parse(text);
    if (bytes < LEAST_BYTES) {
      throw new IllegalArgumentException(
          "'%s' is too little; write at least 1MiB.".formatted(text));
    }
    return bytes;
  }
}
