package io.reseal.cli.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spans of time as the program shows them. */
class SpansTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S,0ms",
    "PT0.85S,850ms",
    "PT42S,42s",
    "PT13M42S,13m42s",
    "PT2H3M4S,2h3m4s",
    "PT26H,26h0m0s"
  })
  void spansAreShortAndExactToTheSecond(Duration span, String text) {
    assertThat(Spans.of(span)).isEqualTo(text);
  }
}
