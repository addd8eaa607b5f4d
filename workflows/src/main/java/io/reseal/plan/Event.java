package io.reseal.plan;

/** What can happen to a rebuild; {@link StateTable} says where each leads. */
public enum Event {
  THREAD_HELD,
  PIECES_FETCHED,
  PIECES_ADDED,
  TREE_D_BUILT,
  LAYERS_BUILT,
  TREES_BUILT,
  SEAL_CHECKED,
  SEED_KNOWN,
  VANILLA_PROVED,
  PROOF_KEPT,
  SNAP_SKIPPED,
  FILES_STORED,
  STORED_CHECKED,
  /** A store has the sector intact and provable: nothing is to be done. */
  NOTHING_LOST,
  /** The scratch files are gone or damaged, or the rebuild went to another host. */
  SCRATCH_LOST,
  ABORTED
}
