package io.reseal.steps;

import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageRequest;
import io.reseal.contract.StoredCopy;
import io.reseal.core.CoreRequest;
import io.reseal.files.CandidateLayers;
import io.reseal.files.Fence;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.plan.LostKey;
import io.reseal.plan.Repair;
import io.reseal.plan.UnsealedWish;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.threads.SealingThread;
import java.io.IOException;
import java.util.List;

/**
 * The inputs of a step.
 *
 * @param facts the facts that determine the sector's files
 * @param files the sector's files in scratch
 * @param thread the sealing thread that the rebuild holds
 * @param fence the attempt's rank among all that change the sector's files
 * @param keyIn the store whose copy of a snapped sector's key is used, or null
 * @param stored the copy that this rebuild has put into a store, or null
 * @param force whether to seal even if a store has the sector
 * @param urgent whether the sector goes before others
 * @param mayRepair whether what stores lack may be made from what they have
 * @param repaired whether the sector's files stay in their stores and only what they lacked was
 *     made
 * @param commC the root of tree C that the sealed file is made with, without trees C and D, or null
 * @param mayEncode whether a lost sealed file may be made so, even if nothing else may be repaired
 * @param lostKey what may be done about a lost key, or null if it is sealed again
 * @param repair what is done instead of sealing, or null
 * @param unsealed what is to be found out about the unsealed copy, or null
 * @param withoutPieces whether its data have to be had without the pieces
 * @param unsealing how the unsealed copy is made, or null
 * @param mayCopyLayers whether layers that a store has may be copied instead of labelled
 * @param alongside other inputs whose layers are made too
 */
record StepInputs(
    SectorFacts facts,
    SectorFiles files,
    SealingThread thread,
    Fence fence,
    String keyIn,
    StoredCopy stored,
    boolean force,
    boolean urgent,
    boolean mayRepair,
    boolean repaired,
    Commitment commC,
    boolean mayEncode,
    LostKey lostKey,
    Repair repair,
    UnsealedWish unsealed,
    boolean withoutPieces,
    Unsealing unsealing,
    boolean mayCopyLayers,
    List<SectorFacts> alongside) {

  static StepInputs of(StageRequest request, SealingThread thread, SectorFiles files, Fence fence) {
    return new StepInputs(
        request.facts(),
        files,
        thread,
        fence,
        request.keyIn(),
        request.stored(),
        request.force(),
        request.urgent(),
        Boolean.TRUE.equals(request.mayRepair()),
        Boolean.TRUE.equals(request.repaired()),
        request.commC(),
        Boolean.TRUE.equals(request.mayEncode()),
        request.lostKey(),
        request.repair(),
        request.unsealed(),
        Boolean.TRUE.equals(request.withoutPieces()),
        request.unsealing(),
        Boolean.TRUE.equals(request.mayCopyLayers()),
        request.alongside() == null ? List.of() : request.alongside());
  }

  StepInputs withRepair(Repair found) {
    return with(keyIn, found);
  }

  StepInputs withKeyIn(String store) {
    return with(store, repair);
  }

  private StepInputs with(String store, Repair found) {
    return new StepInputs(
        facts,
        files,
        thread,
        fence,
        store,
        stored,
        force,
        urgent,
        mayRepair,
        repaired,
        commC,
        mayEncode,
        lostKey,
        found,
        unsealed,
        withoutPieces,
        unsealing,
        mayCopyLayers,
        alongside);
  }

  /**
   * What the rebuild stores: all of the sector's replicas, only the update if a key is kept or
   * stays lost, or only the key if it is made from its update; the unsealed copy, if it makes one.
   */
  SectorKind kind() {
    SectorKind kind = SectorKind.of(facts);
    if (unsealing != null) {
      kind = kind.withUnsealed(UnsealedCheck.replica(facts));
      if (unsealing.only()) {
        return kind.withoutReplicas();
      }
    }
    if (makesLostKey()) {
      return kind.withoutUpdate();
    }
    return keyIn == null && (repair == null || !repair.leavesKey()) ? kind : kind.withoutKey();
  }

  /** Whether anything may be done instead of sealing. */
  boolean mayMakeAnything() {
    return mayRepair || mayEncode || lostKey != null;
  }

  /** Whether this may be done instead of sealing. */
  boolean may(Repair found) {
    if (found.makesLostKey()) {
      return lostKey != null;
    }
    return mayRepair || (mayEncode && found.encodes());
  }

  /** Whether a snapped sector's key is made from its update. */
  boolean makesLostKey() {
    return repair != null && repair.makesLostKey();
  }

  /**
   * Whether what stores have of the files that prove the sector stays, and only the rest is put
   * there.
   */
  boolean keepsDirectories() {
    return commC != null || makesLostKey();
  }

  /** The pieces whose data the rebuild needs. */
  List<Piece> pieces() {
    return needing().stream()
        .flatMap(replica -> ReplicaFacts.of(facts, replica).pieces().stream())
        .toList();
  }

  /** The replicas that are made of pieces. */
  private List<Replica> needing() {
    if (unsealing != null && unsealing.from() == Unsealing.From.PIECES) {
      return List.of(UnsealedCheck.replica(facts));
    }
    if (makesLostKey()) {
      return List.of(Replica.UPDATE);
    }
    return kind().replicas();
  }

  /** Whether of the layers only the last one is needed. */
  boolean needsOnlyLastLayer() {
    return commC != null || (unsealing != null && unsealing.decodes());
  }

  /** The request that makes the layers. */
  CoreRequest labelling() {
    return labelling(requests());
  }

  /** The request that makes the layers of other inputs, beside those of the sector. */
  CoreRequest labelling(SectorFacts others) throws IOException {
    CandidateLayers layers = candidateLayers();
    return labelling(
        new CoreRequests(
            others, layers.begin(others), layers.lockFile(others), layers.lockFile(others)));
  }

  private CoreRequest labelling(CoreRequests of) {
    return needsOnlyLastLayer() ? of.pc1ForLastLayer() : of.pc1();
  }

  CandidateLayers candidateLayers() {
    return thread.scratch().candidates(facts.sector());
  }

  CoreRequests requests() {
    return new CoreRequests(
        facts,
        files,
        thread.scratch().lockFile(facts.sector()),
        thread.scratch().layersLockFile(facts.sector()));
  }
}
