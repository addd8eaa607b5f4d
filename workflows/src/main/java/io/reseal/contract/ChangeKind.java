package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.reseal.plan.Step;
import io.reseal.sector.NamedValues;
import io.reseal.sector.RebuildState;

/** What a {@link StateChange} records; sent and stored under its stable {@link #toString name}. */
public enum ChangeKind {
  REQUESTED("requested"),
  THREAD_HELD("thread held"),
  /** A step of the plan has succeeded; the change has the step's title. */
  STEP_DONE("step done"),
  /**
   * The step that searches for pieces found the sector intact in a store; the change has that
   * step's title.
   */
  NOTHING_LOST("nothing lost"),
  /** A step used up its attempts but made progress, so it starts over with all of them. */
  WENT_ON("went on"),
  WAITS_FOR_SEED("waits for the seed"),
  SCRATCH_LOST("scratch lost"),
  HOST_FAULT("host fault"),
  THREAD_PAUSED("thread paused"),
  PARKED("parked"),
  PAUSED("paused"),
  RESUMED("resumed"),
  SET_BACK("set back"),
  MOVED("moved"),
  ABORTED("aborted"),
  /** Recorded by the reconciliation: the workflow ended without recording its own end. */
  ENDED_FROM_OUTSIDE("ended from outside"),
  /** A kind that this version does not know: another version of Reseal recorded it. */
  OTHER("other");

  private final String name;

  ChangeKind(String name) {
    this.name = name;
  }

  /** Whether every rebuild goes through it on its way to the end. */
  public boolean isRoutine() {
    return this == REQUESTED || this == THREAD_HELD || this == STEP_DONE || this == NOTHING_LOST;
  }

  /** The kind with that name; {@link #OTHER} for one that this version does not know. */
  @JsonCreator
  public static ChangeKind parse(String name) {
    return NamedValues.find(values(), kind -> kind.name.equals(name)).orElse(OTHER);
  }

  /** The kind of a change that was recorded before changes had one. */
  static ChangeKind ofOldRecord(String step, RebuildState state) {
    if (step.equals(Step.FETCH_PIECES.title()) && state == RebuildState.FINISHED) {
      return NOTHING_LOST;
    }
    return NamedValues.find(Step.values(), known -> known.title().equals(step))
        .map(known -> STEP_DONE)
        .orElseGet(() -> parse(step));
  }

  @JsonValue
  @Override
  public String toString() {
    return name;
  }
}
