package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * The hours of the day in which stored copies are checked.
 *
 * @param from when they begin, e.g. {@code 22:00}
 * @param to when they end, e.g. {@code 06:00}: of the next day if that is not later
 * @param zone the time zone that they are in, e.g. {@code Europe/Berlin}
 */
public record ScrubHours(
    @JsonProperty("from") String from,
    @JsonProperty("to") String to,
    @JsonProperty("zone") String zone) {

  /** How long until they begin; zero within them. */
  public Duration untilOpen(Instant now) {
    ZonedDateTime here = now.atZone(ZoneId.of(zone));
    LocalTime begin = LocalTime.parse(from);
    if (isOpen(here.toLocalTime(), begin, LocalTime.parse(to))) {
      return Duration.ZERO;
    }
    ZonedDateTime today = here.toLocalDate().atTime(begin).atZone(ZoneId.of(zone));
    ZonedDateTime next =
        today.isAfter(here)
            ? today
            : here.toLocalDate().plusDays(1).atTime(begin).atZone(ZoneId.of(zone));
    return Duration.between(here, next);
  }

  private static boolean isOpen(LocalTime time, LocalTime begin, LocalTime end) {
    return begin.isBefore(end)
        ? !time.isBefore(begin) && time.isBefore(end)
        : !time.isBefore(begin) || time.isBefore(end);
  }

  /** How long they last, as the clock shows it. */
  @JsonIgnore
  public Duration length() {
    Duration length = Duration.between(LocalTime.parse(from), LocalTime.parse(to));
    return length.isNegative() || length.isZero() ? length.plusDays(1) : length;
  }
}
