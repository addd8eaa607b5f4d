package io.reseal.plan;

/** What changes a rebuild's state besides the steps of its plan. */
public enum Happening {
  /** A sealing thread is held: for the first time, or again after a park or a lost host. */
  THREAD_HELD,
  /** A store has the sector intact and provable, so there is nothing to do. */
  NOTHING_LOST,
  /** The scratch files are gone or damaged, or the rebuild moved to another host. */
  SCRATCH_LOST,
  ABORTED
}
