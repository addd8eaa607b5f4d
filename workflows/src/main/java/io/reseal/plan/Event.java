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
  SNAP_SKIPPED,
  FILES_STORED,
  STORED_CHECKED,
  /** The scratch files are gone or damaged, or the rebuild went to another host. */
  SCRATCH_LOST,
  ABORTED
}
