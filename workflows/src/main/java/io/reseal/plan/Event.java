package io.reseal.plan;

/** What can happen to a rebuild; {@link StateTable} says where each leads. */
public enum Event {
  THREAD_HELD,
  PIECES_FETCHED,
  PIECES_DOWNLOADED,
  PIECES_ADDED,
  TREE_D_BUILT,
  LAYERS_BUILT,
  TREES_BUILT,
  SYNTHETIC_PROVED,
  SEAL_CHECKED,
  /** A store has the key that a snapped sector was updated from: it is not sealed again. */
  KEY_KEPT,
  SEED_KNOWN,
  VANILLA_PROVED,
  PROOF_KEPT,
  SNAP_SKIPPED,
  SNAP_PIECES_ADDED,
  SNAP_TREE_D_BUILT,
  SNAP_ENCODED,
  SNAP_CHECKED,
  FILES_STORED,
  STORED_CHECKED,
  /** A store has the sector intact and provable: nothing is to be done. */
  NOTHING_LOST,
  /** The scratch files are gone or damaged, or the rebuild went to another host. */
  SCRATCH_LOST,
  ABORTED
}
