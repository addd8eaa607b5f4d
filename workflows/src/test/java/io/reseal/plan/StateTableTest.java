package io.reseal.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.sector.RebuildState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All pairs of state and event, against a drawing of the machine made by hand. */
class StateTableTest {

  /** Every allowed pair; all others are faults. */
  private static final List<String> DRAWING =
      List.of(
          "Empty THREAD_HELD Allocated",
          "Empty SCRATCH_LOST Empty",
          "Empty ABORTED Aborted",
          "Allocated THREAD_HELD Allocated",
          "Allocated PIECES_FETCHED Allocated",
          "Allocated PIECES_ADDED PieceAdded",
          "Allocated NOTHING_LOST Finished",
          "Allocated SCRATCH_LOST Empty",
          "Allocated ABORTED Aborted",
          "PieceAdded THREAD_HELD PieceAdded",
          "PieceAdded TREE_D_BUILT TreeDBuilt",
          "PieceAdded SCRATCH_LOST Empty",
          "PieceAdded ABORTED Aborted",
          "TreeDBuilt THREAD_HELD TreeDBuilt",
          "TreeDBuilt LAYERS_BUILT PC1Done",
          "TreeDBuilt SCRATCH_LOST Empty",
          "TreeDBuilt ABORTED Aborted",
          "PC1Done THREAD_HELD PC1Done",
          "PC1Done TREES_BUILT PC2Done",
          "PC1Done SCRATCH_LOST Empty",
          "PC1Done ABORTED Aborted",
          "PC2Done THREAD_HELD PC2Done",
          "PC2Done SEAL_CHECKED SealedChecked",
          "PC2Done SCRATCH_LOST Empty",
          "PC2Done ABORTED Aborted",
          "SealedChecked THREAD_HELD SealedChecked",
          "SealedChecked SEED_KNOWN SealedChecked",
          "SealedChecked VANILLA_PROVED SealedChecked",
          "SealedChecked PROOF_KEPT SealedChecked",
          "SealedChecked SNAP_SKIPPED SnapDone",
          "SealedChecked SCRATCH_LOST Empty",
          "SealedChecked ABORTED Aborted",
          "SnapDone THREAD_HELD SnapDone",
          "SnapDone FILES_STORED Persisted",
          "SnapDone SCRATCH_LOST Empty",
          "SnapDone ABORTED Aborted",
          "Persisted THREAD_HELD Persisted",
          "Persisted STORED_CHECKED Finished",
          "Persisted ABORTED Aborted");

  /** Catches a persist that is reachable without the check of the sealed sector, above all. */
  @Test
  void allowsExactlyThePairsOfTheDrawing() {
    List<String> allowed = new ArrayList<>();
    for (RebuildState state : RebuildState.values()) {
      for (Event event : Event.values()) {
        StateTable.find(state, event)
            .ifPresent(next -> allowed.add("%s %s %s".formatted(state, event, next)));
      }
    }
    assertThat(allowed).containsExactlyInAnyOrderElementsOf(DRAWING);
  }

  /** Where a rebuild may be set back to; the drawing's columns are those of its rows. */
  private static final List<String> BACK =
      List.of(
          //                E A P T 1 2 C S p F x
          "Empty         x . . . . . . . . . .",
          "Allocated     x x . . . . . . . . .",
          "PieceAdded    x x x . . . . . . . .",
          "TreeDBuilt    x x x x . . . . . . .",
          "PC1Done       x x x x x . . . . . .",
          "PC2Done       x x x x x x . . . . .",
          "SealedChecked x x x x x x x . . . .",
          "SnapDone      x x x x x x x x . . .",
          "Persisted     x x x x x x x x x . .",
          "Finished      . . . . . . . . . . .",
          "Aborted       . . . . . . . . . . .");

  /** Seen to catch: a state that was offered before it was reached. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void goesBackExactlyAsDrawn(boolean prove) {
    List<String> drawn = new ArrayList<>();
    for (RebuildState from : RebuildState.values()) {
      List<RebuildState> back = StateTable.backFrom(from, RebuildPlan.full(prove));
      String row =
          Arrays.stream(RebuildState.values())
              .map(to -> back.contains(to) ? "x" : ".")
              .collect(Collectors.joining(" "));
      drawn.add("%-13s %s".formatted(from, row));
    }
    assertThat(drawn).isEqualTo(BACK);
  }

  @Test
  void callsAnImpossiblePairAFault() {
    assertThatThrownBy(() -> StateTable.next(RebuildState.PC1_DONE, Event.FILES_STORED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("FILES_STORED cannot follow PC1Done.");
  }

  /** Catches a plan whose steps cannot follow one another, or that ends before the end. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theFullPlanLeadsFromAllocatedToFinished(boolean prove) {
    RebuildState state = StateTable.next(RebuildState.EMPTY, Event.THREAD_HELD);
    for (Step step : RebuildPlan.full(prove)) {
      state = StateTable.next(state, step.done());
    }
    assertThat(state).isEqualTo(RebuildState.FINISHED);
  }

  /** Catches a stored sector that nobody checked: each way to Finished goes through all checks. */
  @Test
  void nothingIsStoredUncheckedAndNothingFinishedUnproven() {
    assertThat(RebuildPlan.full(false))
        .containsSubsequence(
            Step.ADD_PIECES, Step.TREE_D, Step.CHECK_SEALED, Step.PERSIST, Step.CHECK_STORED);
  }
}
