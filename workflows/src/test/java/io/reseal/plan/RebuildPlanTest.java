package io.reseal.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.sector.RebuildState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which step comes next when a rebuild is set back, or its plan is replaced. */
class RebuildPlanTest {

  private static final List<Step> PLAIN = RebuildPlan.of(RebuildPlan.Needs.PLAIN);
  private static final List<Step> PROVING =
      RebuildPlan.of(new RebuildPlan.Needs(true, false, false, false, false));

  private static final List<Step> SNAPPED =
      RebuildPlan.of(new RebuildPlan.Needs(false, false, true, true, false));
  private static final List<Step> KEY_KEPT =
      RebuildPlan.of(new RebuildPlan.Needs(false, false, true, true, true));

  @Test
  void sealsNothingWhereTheKeyIsKept() {
    assertThat(KEY_KEPT)
        .containsExactly(
            Step.FETCH_PIECES,
            Step.DOWNLOAD_PIECES,
            Step.KEEP_KEY,
            Step.SNAP_ADD_PIECES,
            Step.SNAP_TREE_D,
            Step.SNAP_ENCODE,
            Step.CHECK_SNAP,
            Step.PERSIST,
            Step.CHECK_STORED);
    int position = RebuildPlan.positionAt(RebuildState.SEALED_CHECKED, KEY_KEPT);
    assertThat(KEY_KEPT.get(position)).isEqualTo(Step.SNAP_ADD_PIECES);
  }

  /** A key that is found, or not any more, when the pieces are looked for. */
  @Test
  void keepsItsPlaceWhenTheKeyTurnsUpOrIsGone() {
    assertThat(SNAPPED.get(RebuildPlan.positionAfter(KEY_KEPT.subList(0, 2), SNAPPED)))
        .isEqualTo(Step.ADD_PIECES);
    assertThat(KEY_KEPT.get(RebuildPlan.positionAfter(SNAPPED.subList(0, 2), KEY_KEPT)))
        .isEqualTo(Step.KEEP_KEY);
    assertThat(SNAPPED.get(RebuildPlan.positionAfter(KEY_KEPT.subList(0, 3), SNAPPED)))
        .isEqualTo(Step.SNAP_ADD_PIECES);
  }

  private static RebuildPlan.Needs needs(boolean prove, boolean snapped, boolean empty) {
    Repair repair = new Repair(null, null, null, "all files of the sealed file");
    return new RebuildPlan.Needs(prove, false, snapped, false, false, repair, empty, null);
  }

  // Seen to fail: with the pieces of an empty sector, which are zeros, assembled.
  @Test
  void buildsNoTreesWhereTheRootOfTreeCIsKnown() {
    assertThat(RebuildPlan.of(needs(false, false, false)))
        .containsExactly(
            Step.FETCH_PIECES,
            Step.ADD_PIECES,
            Step.SKIP_TREE_D,
            Step.PC1,
            Step.ENCODE,
            Step.CHECK_ENCODED,
            Step.SKIP_SNAP,
            Step.PERSIST,
            Step.CHECK_STORED);
    assertThat(RebuildPlan.of(needs(false, true, true)))
        .containsExactly(
            Step.FETCH_PIECES,
            Step.SKIP_PIECES,
            Step.SKIP_TREE_D,
            Step.PC1,
            Step.ENCODE,
            Step.CHECK_ENCODED,
            Step.SNAP_ADD_PIECES,
            Step.SNAP_TREE_D,
            Step.SNAP_ENCODE,
            Step.CHECK_SNAP,
            Step.PERSIST,
            Step.CHECK_STORED);
  }

  private static List<Step> unsealing(
      Unsealing.From from, boolean only, boolean snapped, boolean download) {
    Repair repair = only ? null : new Repair("a", snapped ? "a" : null, "p_aux");
    return RebuildPlan.of(
        new RebuildPlan.Needs(
            false, false, snapped, download, false, repair, false, new Unsealing(from, only)));
  }

  // Catches: a sector that is sealed again for its data; a decoding without the labels.
  @Test
  void makesOnlyTheUnsealedCopy() {
    assertThat(unsealing(Unsealing.From.PIECES, true, false, true))
        .containsExactly(
            Step.FETCH_PIECES,
            Step.DOWNLOAD_PIECES,
            Step.ADD_PIECES,
            Step.KEEP_SEALED,
            Step.SKIP_SNAP,
            Step.PERSIST,
            Step.CHECK_STORED);
    assertThat(unsealing(Unsealing.From.PIECES, true, true, false))
        .containsExactly(
            Step.FETCH_PIECES,
            Step.KEEP_SEALED,
            Step.SNAP_ADD_PIECES,
            Step.KEEP_UPDATE,
            Step.PERSIST,
            Step.CHECK_STORED);
    assertThat(unsealing(Unsealing.From.KEY, true, true, false))
        .containsExactly(
            Step.FETCH_PIECES,
            Step.KEEP_SEALED,
            Step.KEEP_UPDATE,
            Step.DECODE,
            Step.PERSIST,
            Step.CHECK_STORED);
    assertThat(unsealing(Unsealing.From.LABELS, true, false, false))
        .containsExactly(
            Step.FETCH_PIECES,
            Step.SKIP_PIECES,
            Step.SKIP_TREE_D,
            Step.PC1,
            Step.KEEP_SEALED,
            Step.SKIP_SNAP,
            Step.DECODE,
            Step.PERSIST,
            Step.CHECK_STORED);
  }

  // Catches: an unsealed copy that is forgotten where other files are repaired.
  @Test
  void makesTheUnsealedCopyBesidesWhatIsLost() {
    assertThat(unsealing(Unsealing.From.KEY, false, true, false))
        .endsWith(Step.KEEP_UPDATE, Step.DECODE, Step.REPAIR, Step.CHECK_STORED);
    assertThat(unsealing(Unsealing.From.PIECES, false, false, false))
        .containsExactly(
            Step.FETCH_PIECES,
            Step.ADD_PIECES,
            Step.KEEP_SEALED,
            Step.SKIP_SNAP,
            Step.REPAIR,
            Step.CHECK_STORED);
  }

  // Catches: a due proof of a sector whose layers are gone.
  @Test
  void sealsEverythingForAProof() {
    assertThat(RebuildPlan.of(needs(true, false, false))).isEqualTo(PROVING);
    List<Step> encoding = RebuildPlan.of(needs(false, false, false));
    assertThat(PROVING.get(RebuildPlan.positionAfter(encoding.subList(0, 4), PROVING)))
        .isEqualTo(Step.PC2);
  }

  @Test
  void makesTheProofBetweenCheckAndPersist() {
    assertThat(PROVING)
        .containsSubsequence(
            Step.CHECK_SEALED, Step.WAIT_SEED, Step.C1, Step.C2, Step.SKIP_SNAP, Step.PERSIST);
    assertThat(PLAIN).doesNotContain(Step.WAIT_SEED, Step.C1, Step.C2);
  }

  @ParameterizedTest
  @CsvSource({
    "Empty, fetch pieces",
    "Allocated, fetch pieces",
    "PieceAdded, tree D",
    "TreeDBuilt, PC1",
    "PC1Done, PC2",
    "PC2Done, check sealed",
    "SealedChecked, wait seed",
    "SnapDone, persist",
    "Persisted, check stored"
  })
  void beginsAfterAStateWithItsNextStep(String state, String step) {
    int position = RebuildPlan.positionAt(RebuildState.parse(state), PROVING);
    assertThat(PROVING.get(position)).isEqualTo(Step.ofTitle(step));
  }

  @Test
  void hasNoStepAfterTheEnd() {
    assertThatThrownBy(() -> RebuildPlan.positionAt(RebuildState.FINISHED, PLAIN))
        .hasMessage("No step of the plan begins in Finished.");
  }

  /** Seen to catch: a position kept as a number, which skips steps of the longer plan. */
  @ParameterizedTest
  @CsvSource({
    "0, fetch pieces",
    "5, check sealed",
    "6, wait seed",
    "7, persist",
    "8, check stored"
  })
  void keepsItsPlaceWhenAProofBecomesDue(int done, String step) {
    int position = RebuildPlan.positionAfter(PLAIN.subList(0, done), PROVING);
    assertThat(PROVING.get(position)).isEqualTo(Step.ofTitle(step));
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7, 8, 9})
  void goesOnAfterTheProofWhenItIsNoLongerDue(int done) {
    int position = RebuildPlan.positionAfter(PROVING.subList(0, done), PLAIN);
    assertThat(PLAIN.get(position)).isEqualTo(Step.SKIP_SNAP);
  }
}
