package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.WatchdogSettings;
import io.reseal.contract.FailureType;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchdogTest {

  private final Watchdog watchdog =
      new Watchdog(
          new WatchdogSettings(
              Duration.ofMinutes(30), 4, Duration.ofHours(12), Duration.ofMinutes(15)));

  // Catches: a stage that hangs for ever, or one that is ended although it is only slow.
  @ParameterizedTest
  @CsvSource({
    "10, 30, false",
    "10, 41, true",
    "1, 29, false",
    "1, 31, true",
    "60, 239, false",
    "60, 241, true",
    "-1, 719, false",
    "-1, 721, true",
  })
  void aStageIsEndedAfterAMultipleOfItsUsualTime(long usual, long silent, boolean ended) {
    OptionalLong known =
        usual < 0 ? OptionalLong.empty() : OptionalLong.of(Duration.ofMinutes(usual).toMillis());

    assertThat(watchdog.verdict("PC2 of f01001/1", Duration.ofMinutes(silent), known).isPresent())
        .isEqualTo(ended);
  }

  @Test
  void theVerdictNamesTheStageAndItsLimit() {
    assertThat(watchdog.verdict("PC2 of f01001/1", Duration.ofMinutes(31), OptionalLong.of(1)))
        .contains(
            "PC2 of f01001/1 made no progress for 1860 s (limit 1800 s, see [watchdog]) and was"
                + " ended; finished work stays.");
  }

  // Catches: a host on which every attempt hangs, and that keeps the sector all the same.
  @Test
  void theFirstTimeItIsTriedAgainInPlaceAndThenElsewhere() {
    assertThat(new StalledException("It hung.", 1).failureType())
        .isEqualTo(FailureType.HOST_STAGE_DIED);
    assertThat(new StalledException("It hung.", 2).failureType().course())
        .isEqualTo(FailureType.Course.LEAVE_THREAD);
  }
}
