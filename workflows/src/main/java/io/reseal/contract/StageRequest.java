package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.plan.LostKey;
import io.reseal.plan.Repair;
import io.reseal.plan.Step;
import io.reseal.plan.UnsealedWish;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Input of every step on a sealing host.
 *
 * @param facts what determines the sector's files
 * @param thread the held thread, whose scratch the step works in
 * @param step which step
 * @param force whether to seal even if a store has the sector intact: because it was requested, or
 *     because a seal proof is due, which needs the layers
 * @param state the state the rebuild is in while the step runs
 * @param reached the state it is in when the step has succeeded
 * @param early whether the step was started before its turn, alongside the steps before it: only
 *     those set the rebuild's state
 * @param keyIn name of the store of this host whose copy of a snapped sector's key is used and
 *     stays unchanged; null if the key is sealed in scratch, or the sector was not snapped
 * @param stored the copy that this rebuild has put into a store; null before that, and if a worker
 *     of an older version put it there
 * @param fromZero whether the step first removes what is in scratch of the sector: its layers may
 *     be wrong although they have their digests
 * @param urgent see {@link RebuildRequest#urgent()}
 * @param mayRepair whether the step that looks for what is left may answer with a {@link
 *     StageReport#repair()}; null means no
 * @param repaired whether this rebuild leaves the sector's files in their stores and makes only
 *     what is missing there; null means no
 * @param commC root of tree C that the sealed file is made with, so that neither trees C and D nor
 *     all layers are needed; null if it is sealed with them, or is not made
 * @param mayEncode whether that step may, even if it may answer with no other repair, answer with
 *     one that makes a lost sealed file with a known root of tree C; null means no
 * @param lostKey what the step that looks for what is left may answer if a snapped sector's key is
 *     lost; null means that the key is sealed again
 * @param repair what this rebuild does instead of sealing, or null
 * @param unsealed what the rebuild does about the unsealed copy, so that the step that looks for
 *     what is left finds out about it, and scratch says what it is for; null: nothing
 * @param withoutPieces whether the data of the unsealed copy cannot be assembled, because a piece
 *     did not arrive or was wrong; null means no
 * @param unsealing how this rebuild makes the unsealed copy, or null if it makes none
 * @param mayCopyLayers whether layers that a store has may be copied instead of labelled; null
 *     means no
 * @param alongside other inputs that the sector may have been sealed with: PC1 makes their layers
 *     too, in the same groups; null means none
 */
public record StageRequest(
    @JsonProperty("facts") SectorFacts facts,
    @JsonProperty("thread") ThreadGrant thread,
    @JsonProperty("step") Step step,
    @JsonProperty("force") boolean force,
    @JsonProperty("state") RebuildState state,
    @JsonProperty("reached") RebuildState reached,
    @JsonProperty("early") boolean early,
    @JsonProperty("keyIn") String keyIn,
    @JsonProperty("stored") StoredCopy stored,
    @JsonProperty("fromZero") boolean fromZero,
    @JsonProperty("urgent") boolean urgent,
    @JsonProperty("mayRepair") Boolean mayRepair,
    @JsonProperty("repaired") Boolean repaired,
    @JsonProperty("commC") Commitment commC,
    @JsonProperty("mayEncode") Boolean mayEncode,
    @JsonProperty("lostKey") LostKey lostKey,
    @JsonProperty("repair") Repair repair,
    @JsonProperty("unsealed") UnsealedWish unsealed,
    @JsonProperty("withoutPieces") Boolean withoutPieces,
    @JsonProperty("unsealing") Unsealing unsealing,
    @JsonProperty("mayCopyLayers") Boolean mayCopyLayers,
    @JsonProperty("alongside") List<SectorFacts> alongside) {

  /** A request of a rebuild that makes all of the sector's files in scratch. */
  public StageRequest(
      SectorFacts facts,
      ThreadGrant thread,
      Step step,
      boolean force,
      RebuildState state,
      RebuildState reached,
      boolean early,
      String keyIn,
      StoredCopy stored,
      boolean fromZero,
      boolean urgent) {
    this(
        facts, thread, step, force, state, reached, early, keyIn, stored, fromZero, urgent, null,
        null, null, null, null, null, null, null, null, null, null);
  }

  /** The request among an activity's arguments; empty if it is not a step. */
  public static Optional<StageRequest> among(Object... arguments) {
    return Stream.of(arguments)
        .filter(StageRequest.class::isInstance)
        .map(StageRequest.class::cast)
        .findFirst();
  }

  /** Whether both ask for the same work on the same thread, whatever their grants' numbers. */
  public boolean isSameWork(StageRequest other) {
    return unnumbered().equals(other.unnumbered());
  }

  private StageRequest unnumbered() {
    return new StageRequest(
        facts,
        thread.numbered(null),
        step,
        force,
        state,
        reached,
        early,
        keyIn,
        stored,
        fromZero,
        urgent,
        mayRepair,
        repaired,
        commC,
        mayEncode,
        lostKey,
        repair,
        unsealed,
        withoutPieces,
        unsealing,
        mayCopyLayers,
        alongside);
  }
}
