package io.reseal.contract;

import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/**
 * The steps of a rebuild on the host whose thread it holds. Each can be killed at any moment and
 * started again: it works in the thread's scratch, and its result counts only when it has
 * succeeded.
 *
 * <p>A failure of a temporary type that is marked as not retryable ends the step's attempts. If its
 * first detail is {@code true}, the attempt has finished something that is kept, e.g. a layer: the
 * step is then started over with all its attempts; otherwise the rebuild parks.
 */
@ActivityInterface
public interface SealingActivities {

  @ActivityMethod(name = "FetchPieces")
  StageReport fetchPieces(StageRequest request);

  /**
   * Downloads the pieces that are not on the host yet, including those of a snapped sector's
   * update.
   */
  @ActivityMethod(name = "DownloadPieces")
  StageReport downloadPieces(StageRequest request);

  @ActivityMethod(name = "AddPieces")
  StageReport addPieces(StageRequest request);

  @ActivityMethod(name = "TreeD")
  StageReport treeD(StageRequest request);

  @ActivityMethod(name = "PC1")
  StageReport pc1(StageRequest request);

  @ActivityMethod(name = "PC2")
  StageReport pc2(StageRequest request);

  /**
   * Makes the sealed file from the last layer and the data, for a sector whose root of tree C is
   * known: CommR shows whether all of it is right.
   */
  @ActivityMethod(name = "Encode")
  StageReport encode(StageRequest request);

  @ActivityMethod(name = "SyntheticProofs")
  StageReport synthetic(StageRequest request);

  @ActivityMethod(name = "CheckSealed")
  StageReport checkSealed(StageRequest request);

  /** Checks that the sealed file answers a PoSt challenge before it is used or stored. */
  @ActivityMethod(name = "CheckEncoded")
  StageReport checkEncoded(StageRequest request);

  /** Makes the vanilla proofs for the seed and leaves them in scratch. */
  @ActivityMethod(name = "C1")
  StageReport c1(StageRequest request);

  /** Makes the seal proof, verifies it, and keeps it in the catalog and as a file. */
  @ActivityMethod(name = "C2")
  StageReport c2(StageRequest request);

  @ActivityMethod(name = "SnapAddPieces")
  StageReport snapAddPieces(StageRequest request);

  @ActivityMethod(name = "SnapTreeD")
  StageReport snapTreeD(StageRequest request);

  /** Encodes the update over the key, and compares its CommR with the recorded one. */
  @ActivityMethod(name = "SnapEncode")
  StageReport snapEncode(StageRequest request);

  /** Checks that the update answers a PoSt challenge before it is stored. */
  @ActivityMethod(name = "CheckSnap")
  StageReport checkSnap(StageRequest request);

  @ActivityMethod(name = "Persist")
  StageReport persist(StageRequest request);

  /**
   * Makes what the key of a snapped sector lacks in its store, so that the update can be made from
   * it.
   */
  @ActivityMethod(name = "RepairKey")
  StageReport repairKey(StageRequest request);

  /** Assembles the data of a snapped sector's update, of which its lost key is made. */
  @ActivityMethod(name = "KeyAddPieces")
  StageReport keyAddPieces(StageRequest request);

  /** Makes a lost key from its update and the update's data, and compares its CommR. */
  @ActivityMethod(name = "SnapKey")
  StageReport snapKey(StageRequest request);

  /** Makes what the update of a snapped sector lacks in its store. */
  @ActivityMethod(name = "RepairUpdate")
  StageReport repairUpdate(StageRequest request);

  /** Makes what the sector lacks in its stores, next to what is intact. */
  @ActivityMethod(name = "Repair")
  StageReport repair(StageRequest request);

  /** Decodes a sector's data from what the stores have. */
  @ActivityMethod(name = "Decode")
  StageReport decode(StageRequest request);

  @ActivityMethod(name = "CheckStored")
  StageReport checkStored(StageRequest request);

  /**
   * The states that a rebuild can go back to: those whose files are all in this thread's scratch,
   * earliest first.
   *
   * @param keyIn see {@link StageRequest#keyIn()}
   * @param commC see {@link StageRequest#commC()}
   * @param unsealing see {@link StageRequest#unsealing()}
   */
  @ActivityMethod(name = "UsableStates")
  List<RebuildState> usableStates(
      SectorFacts facts, ThreadGrant thread, String keyIn, Commitment commC, Unsealing unsealing);

  /**
   * Gives the thread back, so that its hold ends; with {@code removeScratch} also removes this
   * rebuild's scratch files. Does nothing if there is neither.
   */
  @ActivityMethod(name = "ReleaseThread")
  void release(ReleaseRequest request);
}
