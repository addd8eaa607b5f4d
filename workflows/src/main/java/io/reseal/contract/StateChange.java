package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;

/**
 * One state change of a rebuild run, as the catalog stores it.
 *
 * @param seq counts the run's changes from 0; makes recording idempotent
 * @param state the state reached
 * @param at epoch milliseconds by the workflow's clock
 * @param step for people: the title of the step that led there, or what happened, e.g. {@code
 *     thread held}; code decides by {@code kind}
 * @param host the host it happened on, or null
 * @param threadIndex the sealing thread it happened on, or null
 * @param attempts how many attempts the step took
 * @param startedAt epoch milliseconds when the step began, or null
 * @param endedAt epoch milliseconds when the step ended, or null
 * @param coreMillis milliseconds spent inside the stage process
 * @param note one line for people, or null: what the step reported, why it parked, who resumed
 * @param kind what happened; older records lack it, and it is then derived from step and state
 */
public record StateChange(
    @JsonProperty("seq") int seq,
    @JsonProperty("state") RebuildState state,
    @JsonProperty("at") long at,
    @JsonProperty("step") String step,
    @JsonProperty("host") String host,
    @JsonProperty("threadIndex") Integer threadIndex,
    @JsonProperty("attempts") int attempts,
    @JsonProperty("startedAt") Long startedAt,
    @JsonProperty("endedAt") Long endedAt,
    @JsonProperty("coreMillis") long coreMillis,
    @JsonProperty("note") String note,
    @JsonProperty("kind") ChangeKind kind) {

  public StateChange {
    kind = kind == null ? ChangeKind.ofOldRecord(step, state) : kind;
  }

  /** Whether this records that the step succeeded. */
  public boolean isDone(Step wanted) {
    return (kind == ChangeKind.STEP_DONE || kind == ChangeKind.NOTHING_LOST)
        && step.equals(wanted.title());
  }
}
