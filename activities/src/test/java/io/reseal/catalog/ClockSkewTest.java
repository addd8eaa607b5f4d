package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Two clocks, one of which was asked by way of the other. */
class ClockSkewTest {

  private static final Instant NOON = Instant.parse("2026-12-04T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  // Catches: a sign that is the wrong way round, so that the wrong host is set.
  @Test
  void aClockIsAheadOrBehind() {
    ClockSkew ahead = ClockSkew.measured(NOON, NOON.minus(HOUR), NOON);
    ClockSkew behind = ClockSkew.measured(NOON, NOON.plus(HOUR), NOON);

    assertThat(ahead.matters()).isTrue();
    assertThat(ahead.sentence("This host's", "the catalog's"))
        .startsWith("This host's clock is 3600 s ahead of the catalog's; synchronize");
    assertThat(behind.matters()).isTrue();
    assertThat(behind.sentence("This host's", "the catalog's"))
        .startsWith("This host's clock is 3600 s behind the catalog's; synchronize");
  }

  // Catches: a catalog that is slow to answer and is taken for one with another time.
  @Test
  void aSlowAnswerIsNoDifference() {
    for (long seconds : new long[] {0, 30, 60}) {
      assertThat(ClockSkew.measured(NOON, NOON.plusSeconds(seconds), NOON.plusSeconds(60)).ahead())
          .isZero();
    }
  }

  // Catches: an alarm for what clocks in order differ by.
  @Test
  void aFewSecondsDoNotMatter() {
    assertThat(new ClockSkew(Duration.ofSeconds(-5)).matters()).isFalse();
    assertThat(new ClockSkew(Duration.ofSeconds(5).plusMillis(1)).matters()).isTrue();
  }
}
