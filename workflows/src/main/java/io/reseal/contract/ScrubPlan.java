package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;

/**
 * How the copies in a host's stores are checked, as the host's file says.
 *
 * @param sampleEvery how often a sample of each copy is checked, or null for never
 * @param fullEvery how often every byte of each copy is read, or null for never
 * @param hours the hours of the day in which copies are checked, or null for all
 * @param bytesPerSecond how much of a store all its readers together read, or null for any number
 * @param readers how many copies of a store are checked at a time
 * @param repair whether a rebuild of a damaged sector is started
 */
public record ScrubPlan(
    @JsonProperty("sampleEvery") Duration sampleEvery,
    @JsonProperty("fullEvery") Duration fullEvery,
    @JsonProperty("hours") ScrubHours hours,
    @JsonProperty("bytesPerSecond") Long bytesPerSecond,
    @JsonProperty("readers") int readers,
    @JsonProperty("repair") boolean repair) {

  /** How often each copy is checked at a level; null for never. */
  public Duration every(CheckLevel level) {
    return switch (level) {
      case SIZES -> null;
      case SAMPLE -> sampleEvery;
      case FULL -> fullEvery;
    };
  }
}
