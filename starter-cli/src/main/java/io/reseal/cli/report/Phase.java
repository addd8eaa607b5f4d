package io.reseal.cli.report;

import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.FollowedRow;

/** How far a sector of a batch has come, up to its proof on the chain. */
enum Phase {
  PROVEN("Proven on the chain"),
  STORED("In its store, not seen proven yet"),
  PARKED("Waits for a person"),
  RUNNING("Being rebuilt"),
  QUEUED("Not begun"),
  DROPPED("Given up"),
  ENDED("Ended on the chain");

  private final String title;

  Phase(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** Whether its files are in its store. */
  boolean isStored() {
    return this == PROVEN || this == STORED;
  }

  /**
   * How far a sector has come.
   *
   * @param chain what was seen of it on the chain after it was put back, or null
   */
  static Phase of(BatchOutcome.Kind kind, FollowedRow chain) {
    return switch (kind) {
      case QUEUED -> QUEUED;
      case RUNNING -> RUNNING;
      case PARKED -> PARKED;
      case DROPPED -> DROPPED;
      case FINISHED ->
          chain == null
              ? STORED
              : switch (chain.status()) {
                case PROVEN -> PROVEN;
                case ENDED -> ENDED;
                case ACTIVE, FAULTY, RECOVERING, UNSEEN -> STORED;
              };
    };
  }
}
