package io.reseal.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.plan.RebuildPlan.Needs;
import io.reseal.sector.RebuildState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All pairs of a state with a step or a happening, against a drawing made by hand. */
class StateTableTest {

  /** Every allowed pair; all others are faults. */
  private static final List<String> DRAWING =
      List.of(
          "Empty | THREAD_HELD | Allocated",
          "Empty | SCRATCH_LOST | Empty",
          "Empty | ABORTED | Aborted",
          "Allocated | THREAD_HELD | Allocated",
          "Allocated | fetch pieces | Allocated",
          "Allocated | add pieces | PieceAdded",
          "Allocated | download pieces | Allocated",
          "Allocated | no pieces | PieceAdded",
          "Allocated | NOTHING_LOST | Finished",
          "Allocated | keep key | SealedChecked",
          "Allocated | keep sealed file | SealedChecked",
          "PieceAdded | keep sealed file | SealedChecked",
          "PieceAdded | no key | SealedChecked",
          "TreeDBuilt | keep sealed file | SealedChecked",
          "TreeDBuilt | no key | SealedChecked",
          "PC1Done | keep sealed file | SealedChecked",
          "PC1Done | no key | SealedChecked",
          "SnapPieceAdded | keep update | SnapDone",
          "SnapDone | decode | SnapDone",
          "Allocated | repair key | SealedChecked",
          "Allocated | no key | SealedChecked",
          "Allocated | add pieces for key | PieceAdded",
          "Allocated | SCRATCH_LOST | Empty",
          "Allocated | ABORTED | Aborted",
          "PieceAdded | THREAD_HELD | PieceAdded",
          "PieceAdded | tree D | TreeDBuilt",
          "PieceAdded | no tree D | TreeDBuilt",
          "PieceAdded | snap key | SealedChecked",
          "PieceAdded | SCRATCH_LOST | Empty",
          "PieceAdded | ABORTED | Aborted",
          "TreeDBuilt | THREAD_HELD | TreeDBuilt",
          "TreeDBuilt | PC1 | PC1Done",
          "TreeDBuilt | SCRATCH_LOST | Empty",
          "TreeDBuilt | ABORTED | Aborted",
          "PC1Done | THREAD_HELD | PC1Done",
          "PC1Done | PC2 | PC2Done",
          "PC1Done | encode | PC2Done",
          "PC1Done | SCRATCH_LOST | Empty",
          "PC1Done | ABORTED | Aborted",
          "PC2Done | THREAD_HELD | PC2Done",
          "PC2Done | check sealed | SealedChecked",
          "PC2Done | check encoded | SealedChecked",
          "PC2Done | synthetic proofs | SyntheticPoRep",
          "PC2Done | SCRATCH_LOST | Empty",
          "PC2Done | ABORTED | Aborted",
          "SyntheticPoRep | THREAD_HELD | SyntheticPoRep",
          "SyntheticPoRep | check sealed | SealedChecked",
          "SyntheticPoRep | SCRATCH_LOST | Empty",
          "SyntheticPoRep | ABORTED | Aborted",
          "SealedChecked | THREAD_HELD | SealedChecked",
          "SealedChecked | wait seed | SealedChecked",
          "SealedChecked | C1 | SealedChecked",
          "SealedChecked | C2 | SealedChecked",
          "SealedChecked | no snap | SnapDone",
          "SealedChecked | keep update | SnapDone",
          "SealedChecked | repair update | SnapDone",
          "SealedChecked | add snap pieces | SnapPieceAdded",
          "SealedChecked | SCRATCH_LOST | Empty",
          "SealedChecked | ABORTED | Aborted",
          "SnapPieceAdded | THREAD_HELD | SnapPieceAdded",
          "SnapPieceAdded | snap tree D | SnapTreeDBuilt",
          "SnapPieceAdded | SCRATCH_LOST | Empty",
          "SnapPieceAdded | ABORTED | Aborted",
          "SnapTreeDBuilt | THREAD_HELD | SnapTreeDBuilt",
          "SnapTreeDBuilt | snap encode | SnapEncoded",
          "SnapTreeDBuilt | SCRATCH_LOST | Empty",
          "SnapTreeDBuilt | ABORTED | Aborted",
          "SnapEncoded | THREAD_HELD | SnapEncoded",
          "SnapEncoded | check snap | SnapDone",
          "SnapEncoded | SCRATCH_LOST | Empty",
          "SnapEncoded | ABORTED | Aborted",
          "SnapDone | THREAD_HELD | SnapDone",
          "SnapDone | persist | Persisted",
          "SnapDone | repair | Persisted",
          "SnapDone | SCRATCH_LOST | Empty",
          "SnapDone | ABORTED | Aborted",
          "Persisted | THREAD_HELD | Persisted",
          "Persisted | check stored | Finished",
          "Persisted | ABORTED | Aborted");

  /** Catches a persist that is reachable without the check of the sealed sector, above all. */
  @Test
  void allowsExactlyThePairsOfTheDrawing() {
    List<String> allowed = new ArrayList<>();
    for (RebuildState state : RebuildState.values()) {
      for (Step step : Step.values()) {
        StateTable.find(state, step)
            .ifPresent(next -> allowed.add(pair(state, step.title(), next)));
      }
      for (Happening happening : Happening.values()) {
        StateTable.find(state, happening)
            .ifPresent(next -> allowed.add(pair(state, happening.name(), next)));
      }
    }
    assertThat(allowed).containsExactlyInAnyOrderElementsOf(DRAWING);
  }

  private static String pair(RebuildState state, String what, RebuildState next) {
    return "%s | %s | %s".formatted(state, what, next);
  }

  /** Where a plain rebuild may be set back to; the drawing's columns are those of its rows. */
  private static final List<String> BACK =
      List.of(
          //                 E A P T 1 2 y C a d e S p F x
          "Empty          x . . . . . . . . . . . . . .",
          "Allocated      x x . . . . . . . . . . . . .",
          "PieceAdded     x x x . . . . . . . . . . . .",
          "TreeDBuilt     x x x x . . . . . . . . . . .",
          "PC1Done        x x x x x . . . . . . . . . .",
          "PC2Done        x x x x x x . . . . . . . . .",
          "SyntheticPoRep . . . . . . . . . . . . . . .",
          "SealedChecked  x x x x x x . x . . . . . . .",
          "SnapPieceAdded . . . . . . . . . . . . . . .",
          "SnapTreeDBuilt . . . . . . . . . . . . . . .",
          "SnapEncoded    . . . . . . . . . . . . . . .",
          "SnapDone       x x x x x x . x . . . x . . .",
          "Persisted      x x x x x x . x . . . x x . .",
          "Finished       . . . . . . . . . . . . . . .",
          "Aborted        . . . . . . . . . . . . . . .");

  /** The same of a snapped sector with synthetic proofs. */
  private static final List<String> BACK_SNAPPED =
      List.of(
          //                 E A P T 1 2 y C a d e S p F x
          "Empty          x . . . . . . . . . . . . . .",
          "Allocated      x x . . . . . . . . . . . . .",
          "PieceAdded     x x x . . . . . . . . . . . .",
          "TreeDBuilt     x x x x . . . . . . . . . . .",
          "PC1Done        x x x x x . . . . . . . . . .",
          "PC2Done        x x x x x x . . . . . . . . .",
          "SyntheticPoRep x x x x x x x . . . . . . . .",
          "SealedChecked  x x x x x x x x . . . . . . .",
          "SnapPieceAdded x x x x x x x x x . . . . . .",
          "SnapTreeDBuilt x x x x x x x x x x . . . . .",
          "SnapEncoded    x x x x x x x x x x x . . . .",
          "SnapDone       x x x x x x x x x x x x . . .",
          "Persisted      x x x x x x x x x x x x x . .",
          "Finished       . . . . . . . . . . . . . . .",
          "Aborted        . . . . . . . . . . . . . . .");

  /** The same where its key is kept: what is made in sealing is nowhere. */
  private static final List<String> BACK_KEY_KEPT =
      List.of(
          //                 E A P T 1 2 y C a d e S p F x
          "Empty          x . . . . . . . . . . . . . .",
          "Allocated      x x . . . . . . . . . . . . .",
          "PieceAdded     . . . . . . . . . . . . . . .",
          "TreeDBuilt     . . . . . . . . . . . . . . .",
          "PC1Done        . . . . . . . . . . . . . . .",
          "PC2Done        . . . . . . . . . . . . . . .",
          "SyntheticPoRep . . . . . . . . . . . . . . .",
          "SealedChecked  x x . . . . . x . . . . . . .",
          "SnapPieceAdded x x . . . . . x x . . . . . .",
          "SnapTreeDBuilt x x . . . . . x x x . . . . .",
          "SnapEncoded    x x . . . . . x x x x . . . .",
          "SnapDone       x x . . . . . x x x x x . . .",
          "Persisted      x x . . . . . x x x x x x . .",
          "Finished       . . . . . . . . . . . . . . .",
          "Aborted        . . . . . . . . . . . . . . .");

  /** Seen to catch: a state that was offered before it was reached. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void goesBackExactlyAsDrawn(boolean prove) {
    assertThat(back(RebuildPlan.of(new Needs(prove, false, false, false, prove)))).isEqualTo(BACK);
    assertThat(back(RebuildPlan.of(new Needs(prove, true, true, true, prove))))
        .isEqualTo(BACK_SNAPPED);
    assertThat(back(RebuildPlan.of(new Needs(false, true, true, prove, true))))
        .isEqualTo(BACK_KEY_KEPT);
  }

  private static List<String> back(List<Step> plan) {
    List<String> drawn = new ArrayList<>();
    for (RebuildState from : RebuildState.values()) {
      List<RebuildState> back = StateTable.backFrom(from, plan);
      String row =
          Arrays.stream(RebuildState.values())
              .map(to -> back.contains(to) ? "x" : ".")
              .collect(Collectors.joining(" "));
      drawn.add("%-14s %s".formatted(from, row));
    }
    return drawn;
  }

  @Test
  void callsAnImpossiblePairAFault() {
    assertThatThrownBy(() -> StateTable.next(RebuildState.PC1_DONE, Step.PERSIST))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("persist cannot follow PC1Done.");
  }

  private static final Repair OF_SEALED = new Repair("a", null, "p_aux of the sealed file");
  private static final Repair OF_UPDATE = new Repair("a", "b", "p_aux of the update");
  private static final Repair OF_KEY = Repair.ofLostKey("b", null, LostKey.MAKE);
  private static final Repair OF_KEY_AND_UPDATE =
      Repair.ofLostKey("b", "p_aux of the update", LostKey.MAKE);
  private static final Repair LEAVES_KEY = OF_KEY_AND_UPDATE.withoutKey().orElseThrow();

  private static final Repair ALL_OF_SEALED = new Repair(null, null, "all files");

  private static final List<Unsealing> UNSEALINGS =
      Stream.of(Unsealing.From.values())
          .flatMap(
              from ->
                  from == Unsealing.From.ASSEMBLED
                      ? Stream.of(new Unsealing(from, false))
                      : Stream.of(new Unsealing(from, false), new Unsealing(from, true)))
          .toList();

  static Stream<Needs> allNeeds() {
    return Stream.concat(Stream.of((Unsealing) null), UNSEALINGS.stream())
        .flatMap(StateTableTest::allNeeds);
  }

  private static Stream<Needs> allNeeds(Unsealing unsealing) {
    return Stream.of(
            null, OF_SEALED, OF_UPDATE, ALL_OF_SEALED, OF_KEY, OF_KEY_AND_UPDATE, LEAVES_KEY)
        .flatMap(
            repair ->
                IntStream.range(0, 64)
                    .mapToObj(
                        bits ->
                            new Needs(
                                (bits & 1) > 0,
                                (bits & 2) > 0,
                                (bits & 4) > 0,
                                (bits & 8) > 0,
                                (bits & 16) > 0,
                                repair,
                                (bits & 32) > 0,
                                unsealing)))
        .filter(
            needs ->
                needs.repair() == null || needs.repair().updateIn() == null || needs.snapped());
  }

  /** Catches a plan whose steps cannot follow one another, or that ends before the end. */
  @Test
  void everyPlanLeadsFromAllocatedToFinished() {
    assertThat(allNeeds()).allSatisfy(StateTableTest::leadsToFinished);
  }

  private static void leadsToFinished(Needs needs) {
    RebuildState state = StateTable.next(RebuildState.EMPTY, Happening.THREAD_HELD);
    for (Step step : RebuildPlan.of(needs)) {
      state = StateTable.next(state, step);
    }
    assertThat(state).isEqualTo(RebuildState.FINISHED);
  }

  /** Catches a position that depends on the order of the steps' names, which must be the plan's. */
  @Test
  void everyPlanHasItsStepsInTheOrderOfTheirNames() {
    assertThat(allNeeds()).allSatisfy(needs -> assertThat(RebuildPlan.of(needs)).isSorted());
  }

  // Catches: an unsealed copy for whose sake something else is left out, or is sealed.
  @Test
  void theUnsealedCopyChangesNothingElse() {
    assertThat(allNeeds().filter(needs -> needs.unsealing() != null))
        .allSatisfy(StateTableTest::onlyAddsWhatTheUnsealedCopyNeeds);
  }

  private static void onlyAddsWhatTheUnsealedCopyNeeds(Needs needs) {
    List<Step> plan = RebuildPlan.of(needs);
    if (needs.unsealing().only()) {
      assertThat(plan)
          .startsWith(Step.FETCH_PIECES)
          .endsWith(Step.PERSIST, Step.CHECK_STORED)
          .doesNotContain(Step.TREE_D, Step.PC2, Step.ENCODE, Step.SNAP_ENCODE, Step.C2);
      return;
    }
    List<Step> rest = new ArrayList<>(RebuildPlan.of(without(needs)));
    List<Step> added = new ArrayList<>(plan);
    added.removeAll(rest);
    rest.removeAll(plan);
    assertThat(rest).isEmpty();
    assertThat(added)
        .isSubsetOf(
            Step.DOWNLOAD_PIECES,
            Step.ADD_PIECES,
            Step.SNAP_ADD_PIECES,
            Step.SKIP_PIECES,
            Step.SKIP_TREE_D,
            Step.PC1,
            Step.DECODE);
    boolean keepsAll = plan.contains(Step.KEEP_SEALED) || plan.contains(Step.SKIP_KEY);
    boolean makesData =
        needs.unsealing().decodes() || needs.unsealing().from() == Unsealing.From.PIECES;
    assertThat(!added.isEmpty()).isEqualTo(keepsAll && makesData);
  }

  private static Needs without(Needs needs) {
    return new Needs(
        needs.prove(),
        needs.synthetic(),
        needs.snapped(),
        needs.download(),
        needs.keyStored(),
        needs.repair(),
        needs.empty(),
        null);
  }

  static Stream<Needs> needsWithoutUnsealing() {
    return allNeeds(null);
  }

  /** Catches a stored sector that nobody checked: each way to Finished goes through all checks. */
  @ParameterizedTest
  @MethodSource("needsWithoutUnsealing")
  void nothingIsStoredUncheckedAndNothingFinishedUnproven(Needs needs) {
    List<Step> plan = RebuildPlan.of(needs);
    boolean encodes = plan.contains(Step.ENCODE);
    assertThat(encodes)
        .isEqualTo(
            needs.repair() != null
                && needs.repair().sealedIn() == null
                && needs.repair().lostKey() == null
                && !needs.prove()
                && !(needs.snapped() && needs.keyStored()));
    if (encodes) {
      assertThat(plan)
          .containsSubsequence(
              needs.empty() ? Step.SKIP_PIECES : Step.ADD_PIECES,
              Step.PC1,
              Step.ENCODE,
              Step.CHECK_ENCODED,
              plan.contains(Step.REPAIR) ? Step.REPAIR : Step.PERSIST,
              Step.CHECK_STORED)
          .doesNotContain(Step.TREE_D, Step.PC2, Step.CHECK_SEALED);
    }
    if (plan.contains(Step.REPAIR)) {
      assertThat(needs.repair()).isNotNull();
      assertThat(needs.prove()).isFalse();
      if (needs.repair().sealedIn() == null && needs.repair().lostKey() == null) {
        assertThat(plan).endsWith(Step.KEEP_UPDATE, Step.REPAIR, Step.CHECK_STORED);
        return;
      }
      assertThat(plan)
          .containsExactly(
              Step.FETCH_PIECES,
              LEAVES_KEY.equals(needs.repair()) ? Step.SKIP_KEY : Step.KEEP_SEALED,
              needs.snapped() ? Step.KEEP_UPDATE : Step.SKIP_SNAP,
              Step.REPAIR,
              Step.CHECK_STORED);
      return;
    }
    boolean keyMade = plan.contains(Step.SNAP_KEY);
    assertThat(keyMade)
        .isEqualTo(needs.repair() != null && needs.repair().makesLostKey() && !needs.prove());
    if (keyMade) {
      List<Step> steps = new ArrayList<>(List.of(Step.FETCH_PIECES));
      if (needs.download()) {
        steps.add(Step.DOWNLOAD_PIECES);
      }
      steps.addAll(
          List.of(
              Step.KEY_ADD_PIECES,
              Step.SNAP_KEY,
              OF_KEY.equals(needs.repair()) ? Step.KEEP_UPDATE : Step.REPAIR_UPDATE,
              Step.PERSIST,
              Step.CHECK_STORED));
      assertThat(plan).isEqualTo(steps);
      return;
    }
    boolean keyRepaired = plan.contains(Step.REPAIR_KEY);
    assertThat(keyRepaired)
        .isEqualTo(needs.snapped() && OF_SEALED.equals(needs.repair()) && !needs.prove());
    boolean keyKept = keyRepaired || plan.contains(Step.KEEP_KEY);
    assertThat(keyKept)
        .isEqualTo(needs.snapped() && (keyRepaired || needs.keyStored()) && !needs.prove());
    if (keyKept) {
      assertThat(plan).doesNotContain(Step.PC1, Step.PC2, Step.SYNTHETIC, Step.CHECK_SEALED);
    } else if (!encodes) {
      assertThat(plan)
          .containsSubsequence(
              Step.ADD_PIECES, Step.TREE_D, Step.CHECK_SEALED, Step.PERSIST, Step.CHECK_STORED);
    }
    if (needs.snapped()) {
      assertThat(plan)
          .containsSubsequence(
              keyRepaired
                  ? Step.REPAIR_KEY
                  : keyKept ? Step.KEEP_KEY : encodes ? Step.CHECK_ENCODED : Step.CHECK_SEALED,
              Step.SNAP_ADD_PIECES,
              Step.SNAP_TREE_D,
              Step.SNAP_ENCODE,
              Step.CHECK_SNAP,
              Step.PERSIST,
              Step.CHECK_STORED);
    }
  }
}
