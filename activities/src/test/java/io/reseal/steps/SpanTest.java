package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SpanTest {

  /** Catches: an end read from the wall clock, which may have been set an hour back meanwhile. */
  @Test
  void lastsAsLongAsTheMonotonicClockSays() {
    long anHourAhead = System.currentTimeMillis() + TimeUnit.HOURS.toMillis(1);
    Span span = new Span(anHourAhead, 100);
    assertThat(span.endsAt(100 + TimeUnit.SECONDS.toNanos(5)) - span.startedAt()).isEqualTo(5_000);
    assertThat(new Span(anHourAhead, System.nanoTime()).endsNow())
        .isGreaterThanOrEqualTo(anHourAhead);
  }
}
