package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.RebuildState;

/**
 * One state change of a rebuild run, as the catalog keeps it.
 *
 * @param seq counts the run's changes from 0; makes recording idempotent
 * @param state the state reached
 * @param at epoch milliseconds, the workflow's clock
 * @param step title of the step that led there, or what happened ({@code thread held})
 * @param host where, or null
 * @param threadIndex which sealing thread, or null
 * @param attempts attempts the step took
 * @param startedAt epoch milliseconds the step began, or null
 * @param endedAt epoch milliseconds the step ended, or null
 * @param coreMillis milliseconds inside the stage process
 * @param note one line for people, or null: what the step reported, why it parked, who resumed
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
    @JsonProperty("note") String note) {}
