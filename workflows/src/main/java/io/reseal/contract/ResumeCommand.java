package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.RebuildState;

/**
 * Resumes a parked or paused rebuild.
 *
 * @param by who gives it, for the record
 * @param state the earlier state to continue from, or null for the current one
 */
public record ResumeCommand(
    @JsonProperty("by") String by, @JsonProperty("state") RebuildState state) {}
