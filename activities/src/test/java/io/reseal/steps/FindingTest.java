package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** The core's findings as a person reads them. */
class FindingTest {

  // Seen to fail: with the findings' texts one after the other.
  @Test
  void whatIsWrongAndUnknownIsToldInFullAndWhatIsRightByName() throws Exception {
    assertThat(
            summary(
                """
                [{"about":"tree D","verdict":"right","text":"its root is CommD"},
                 {"about":"layers","verdict":"right","text":"all have their digests"},
                 {"about":"p_aux","verdict":"wrong","text":"it gives another CommR"},
                 {"about":"tree C","verdict":"unknown","text":"it is missing"},
                 {"about":"ticket","verdict":"unknown","text":"another PC1 would tell"},
                 {"about":"miner","verdict":"unknown","text":"another PC1 would tell"}]
                """))
        .isEqualTo(
            " Right: tree D, layers. Wrong: p_aux: it gives another CommR. Unknown here:"
                + " tree C: it is missing. Only sealing again can show whether these are right:"
                + " ticket, miner.");
    assertThat(summary("[]")).isEmpty();
  }

  private static String summary(String json) throws Exception {
    return Finding.summary(Finding.listOf(new ObjectMapper().readTree(json)));
  }
}
