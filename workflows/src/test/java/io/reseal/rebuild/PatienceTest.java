package io.reseal.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {

  private static final Duration SIX_WEEKS = Duration.ofDays(42);

  /** A question takes about a dozen events. Catches: the same wait for 42 days, 24,000 events. */
  @Test
  void asksSeldomEnoughForSixWeeks() {
    assertThat(questionsInSixWeeks(Duration.ofMinutes(30))).isLessThan(700);
    assertThat(questionsInSixWeeks(Duration.ofSeconds(10))).isLessThan(700);
  }

  @Test
  void asksAtTheGivenIntervalAtFirstAndAgainAfterASuccess() {
    Patience patience = new Patience(Duration.ofMinutes(30));
    for (int question = 0; question < 48; question++) {
      assertThat(patience.next()).isEqualTo(Duration.ofMinutes(30));
    }
    assertThat(patience.next()).isEqualTo(Duration.ofHours(1));
    patience.reset();
    assertThat(patience.next()).isEqualTo(Duration.ofMinutes(30));
    assertThat(new Patience(Duration.ofHours(5)).next()).isEqualTo(Duration.ofHours(5));
  }

  private static int questionsInSixWeeks(Duration first) {
    Patience patience = new Patience(first);
    int questions = 0;
    for (Duration waited = Duration.ZERO; waited.compareTo(SIX_WEEKS) < 0; questions++) {
      waited = waited.plus(patience.next());
    }
    return questions;
  }
}
