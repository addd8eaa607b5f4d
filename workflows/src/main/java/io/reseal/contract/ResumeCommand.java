package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.RebuildState;

/**
 * Lets a rebuild that stands still go on.
 *
 * @param by who asks, for the record
 * @param state the earlier state to go on from, or null for where it stands
 */
public record ResumeCommand(
    @JsonProperty("by") String by, @JsonProperty("state") RebuildState state) {}
