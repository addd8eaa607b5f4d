package io.reseal.config;

import java.time.Duration;

/**
 * {@code [watchdog]}: when work that makes no progress is ended.
 *
 * @param least a stage is never ended before it has been silent for this long
 * @param times how many times its usual duration a stage may be silent; for PC1 that of a layer
 * @param unknown how long a stage may be silent whose usual duration is not known yet
 * @param files how long reading or writing files may make no progress
 */
public record WatchdogSettings(Duration least, int times, Duration unknown, Duration files) {

  public static final WatchdogSettings DEFAULT =
      new WatchdogSettings(Duration.ofMinutes(30), 4, Duration.ofHours(12), Duration.ofMinutes(15));

  static WatchdogSettings read(TomlSection section) {
    return new WatchdogSettings(
        section.parsed("least", WatchdogSettings::time).orElse(DEFAULT.least),
        section.count("times", 1).orElse(DEFAULT.times),
        section.parsed("unknown", WatchdogSettings::time).orElse(DEFAULT.unknown),
        section.parsed("files", WatchdogSettings::time).orElse(DEFAULT.files));
  }

  private static Duration time(String text) {
    Duration time = Durations.parse(text);
    if (time.isZero()) {
      throw new IllegalArgumentException("The time must be longer than zero, e.g. 30m.");
    }
    return time;
  }
}
