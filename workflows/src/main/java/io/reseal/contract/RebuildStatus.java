package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.plan.Step;
import java.util.List;

/**
 * The complete status of a rebuild, as its query returns it.
 *
 * @param run the run as the catalog will store it
 * @param changes its state changes in order
 * @param running the step now running or being retried, or null
 * @param plan its steps in order
 */
public record RebuildStatus(
    @JsonProperty("run") RunRecord run,
    @JsonProperty("changes") List<StateChange> changes,
    @JsonProperty("running") Step running,
    @JsonProperty("plan") List<Step> plan) {}
