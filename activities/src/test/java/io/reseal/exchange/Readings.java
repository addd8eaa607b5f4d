package io.reseal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.record.Findings;
import io.reseal.record.Reading;
import java.util.List;

/** What tests expect of a reading. */
final class Readings {

  private Readings() {}

  /** The findings of a source of which nothing was left out. */
  static List<Findings> whole(Reading reading) {
    assertThat(reading.leftOut()).isEmpty();
    return reading.findings();
  }

  /** What was left out of a source that gave nothing. */
  static List<String> nothing(Reading reading) {
    assertThat(reading.findings()).isEmpty();
    return reading.leftOut();
  }
}
