package io.reseal.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hours of the day in which copies are checked. */
class ScrubHoursTest {

  /** Seen to fail when hours over midnight were compared like those of one day. */
  @ParameterizedTest
  @CsvSource({
    "22:00, 06:00, 2026-11-29T21:59:59Z, PT1S",
    "22:00, 06:00, 2026-11-29T22:00:00Z, PT0S",
    "22:00, 06:00, 2026-11-30T00:00:00Z, PT0S",
    "22:00, 06:00, 2026-11-30T05:59:59Z, PT0S",
    "22:00, 06:00, 2026-11-30T06:00:00Z, PT16H",
    "01:00, 05:30, 2026-11-30T00:00:00Z, PT1H",
    "01:00, 05:30, 2026-11-30T05:29:59Z, PT0S",
    "01:00, 05:30, 2026-11-30T05:30:00Z, PT19H30M",
    "00:00, 12:00, 2026-11-30T12:00:00Z, PT12H"
  })
  void hoursMayLastOverMidnight(String from, String to, Instant now, Duration wait) {
    assertThat(new ScrubHours(from, to, "UTC").untilOpen(now)).isEqualTo(wait);
  }

  /** Seen to fail when the time of the day was that of UTC. */
  @Test
  void theyAreInTheirTimeZoneAlsoWhenItsClocksAreChanged() {
    ScrubHours hours = new ScrubHours("22:00", "06:00", "Europe/Berlin");
    assertThat(hours.untilOpen(Instant.parse("2026-07-01T20:00:00Z"))).isZero();
    assertThat(hours.untilOpen(Instant.parse("2026-12-01T20:00:00Z")))
        .isEqualTo(Duration.ofHours(1));
    // The night of 2026-10-25 has an hour more: clocks go from 03:00 back to 02:00.
    assertThat(hours.untilOpen(Instant.parse("2026-10-25T04:59:59Z"))).isZero();
    assertThat(hours.untilOpen(Instant.parse("2026-10-25T05:00:00Z")))
        .isEqualTo(Duration.ofHours(16));
  }

  @Test
  void theirLengthCountsTheNight() {
    assertThat(new ScrubHours("22:00", "06:00", "UTC").length()).isEqualTo(Duration.ofHours(8));
    assertThat(new ScrubHours("01:00", "05:30", "UTC").length()).isEqualTo(Duration.ofMinutes(270));
  }
}
