package io.reseal.rebuild;

/** Whether a rebuild is moving, and what it waits for if not; decides what an operator can do. */
enum RunStatus {
  /** It has no sealing thread: it is being inspected, or waits for a thread. */
  QUEUED,
  /** It holds a sealing thread and works. */
  WORKING,
  /** It holds a sealing thread that an operator paused. */
  THREAD_PAUSED,
  /** It stands still because an operator wants it so. */
  PAUSED,
  /** It stands still because it cannot go on without a person. */
  PARKED;

  /** Whether it has given its thread back and waits for a word. */
  boolean isStill() {
    return this == PAUSED || this == PARKED;
  }
}
