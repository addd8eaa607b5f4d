package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.RebuildState;

/**
 * Resumes a parked or paused rebuild.
 *
 * @param by who gives it, for the record
 * @param state the earlier state to continue from, or null for the current one
 * @param candidates how many inputs are tried from now on, see {@link RebuildRequest#candidates()};
 *     null: as before
 */
public record ResumeCommand(
    @JsonProperty("by") String by,
    @JsonProperty("state") RebuildState state,
    @JsonProperty("candidates") Integer candidates) {

  /** A command that leaves the inputs as they are. */
  public ResumeCommand(String by, RebuildState state) {
    this(by, state, null);
  }
}
