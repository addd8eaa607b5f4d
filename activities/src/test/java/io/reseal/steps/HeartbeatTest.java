package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often an attempt reports that it is alive. */
class HeartbeatTest {

  private static Duration period(int timeoutSeconds) {
    return Heartbeat.period(Duration.ofSeconds(timeoutSeconds));
  }

  // Catches: a request each second for each step and hold of a fleet, which is more than anything
  // else that it asks of Temporal.
  @Test
  void isRareWithTheUsualTimeout() {
    assertThat(period(60)).isEqualTo(Duration.ofSeconds(5));
  }

  // Catches: a cancellation that takes longer than an operator waits for its answer.
  @ParameterizedTest
  @CsvSource({"120", "3600"})
  void isOftenEnoughForACancellation(int timeoutSeconds) {
    assertThat(period(timeoutSeconds)).isEqualTo(Duration.ofSeconds(5));
  }

  // Catches: a timeout that ends after a few lost heartbeats.
  @ParameterizedTest
  @CsvSource({"36, 3", "24, 2", "12, 1", "2, 1", "0, 1"})
  void isASmallPartOfTheTimeout(int timeoutSeconds, int seconds) {
    assertThat(period(timeoutSeconds)).isEqualTo(Duration.ofSeconds(seconds));
  }
}
