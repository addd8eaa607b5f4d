package io.reseal.steps;

import io.reseal.config.WatchdogSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Decides when a stage that makes no progress has to be ended. */
final class Watchdog {

  private final WatchdogSettings settings;

  Watchdog(WatchdogSettings settings) {
    this.settings = settings;
  }

  /**
   * Why a stage has to be ended, as a sentence, or empty.
   *
   * @param silent how long it has made no progress
   * @param usualMillis how long it usually takes between two signs of progress, if that is known
   */
  Optional<String> verdict(String stage, Duration silent, OptionalLong usualMillis) {
    Duration limit = limit(usualMillis);
    return silent.compareTo(limit) > 0
        ? Optional.of(
            "%s made no progress for %d s (limit %d s, see [watchdog]) and was ended; finished work stays."
                .formatted(stage, silent.toSeconds(), limit.toSeconds()))
        : Optional.empty();
  }

  /** How long work on files may give no sign of life. */
  Duration files() {
    return settings.files();
  }

  private Duration limit(OptionalLong usualMillis) {
    if (usualMillis.isEmpty()) {
      return settings.unknown();
    }
    Duration learned = Duration.ofMillis(usualMillis.getAsLong()).multipliedBy(settings.times());
    return learned.compareTo(settings.least()) < 0 ? settings.least() : learned;
  }
}
