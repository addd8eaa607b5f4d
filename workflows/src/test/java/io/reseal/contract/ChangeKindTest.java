package io.reseal.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** State changes say what they are by a kind; those recorded before there were kinds get theirs. */
class ChangeKindTest {

  private static StateChange change(String step, RebuildState state, ChangeKind kind) {
    return new StateChange(1, state, 5, step, null, null, 0, null, null, 0, "a note", kind);
  }

  @ParameterizedTest
  @EnumSource
  void isReadUnderTheNameItIsWrittenUnder(ChangeKind kind) {
    assertThat(ChangeKind.parse(kind.toString())).isSameAs(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "requested, Empty, REQUESTED",
    "thread held, Allocated, THREAD_HELD",
    "PC1, PC1Done, STEP_DONE",
    "fetch pieces, Allocated, STEP_DONE",
    "fetch pieces, Finished, NOTHING_LOST",
    "went on, PC1Done, WENT_ON",
    "thread paused, PC1Done, THREAD_PAUSED",
    "parked, PC1Done, PARKED",
    "ended from outside, Aborted, ENDED_FROM_OUTSIDE",
    "something else, Empty, OTHER",
  })
  void anOldRecordsKindFollowsFromItsStepAndState(String step, String state, ChangeKind kind)
      throws Exception {
    String json =
        """
        {"seq":1,"state":"%s","at":5,"step":"%s","attempts":0,"coreMillis":0,"note":"a note"}\
        """
            .formatted(state, step);
    assertThat(new ObjectMapper().readValue(json, StateChange.class))
        .isEqualTo(change(step, RebuildState.parse(state), kind));
  }

  @Test
  void aKindOfANewerVersionIsReadAsOther() throws Exception {
    String json =
        """
        {"seq":1,"state":"Empty","at":5,"step":"split","note":"a note","kind":"split"}\
        """;
    assertThat(new ObjectMapper().readValue(json, StateChange.class).kind())
        .isEqualTo(ChangeKind.OTHER);
  }

  /** An old record's step would otherwise be taken for something that happened to the rebuild. */
  @ParameterizedTest
  @EnumSource
  void noStepIsCalledLikeAKind(Step step) {
    assertThat(Arrays.stream(ChangeKind.values()).map(ChangeKind::toString))
        .doesNotContain(step.title());
  }

  @Test
  void aStepIsDoneWhereItSucceeded() {
    assertThat(change("PC1", RebuildState.PC1_DONE, null).isDone(Step.PC1)).isTrue();
    assertThat(change("PC1", RebuildState.PC1_DONE, null).isDone(Step.PC2)).isFalse();
    assertThat(change("fetch pieces", RebuildState.FINISHED, null).isDone(Step.FETCH_PIECES))
        .isTrue();
    assertThat(change("parked", RebuildState.PC1_DONE, null).isDone(Step.PC1)).isFalse();
  }
}
