package io.reseal.rebuild;

/** Whether a rebuild is working, and if not, what it waits for; decides what operators can do. */
enum RunStatus {
  /** It has no sealing thread: it is being inspected, or waits for a thread. */
  QUEUED,
  /** It holds a sealing thread and works. */
  WORKING,
  /** It holds a sealing thread that an operator paused. */
  THREAD_PAUSED,
  /** An operator paused it. */
  PAUSED,
  /** It cannot continue without a person. */
  PARKED;

  /** Whether it has given its thread back and waits to be resumed. */
  boolean isStill() {
    return this == PAUSED || this == PARKED;
  }
}
