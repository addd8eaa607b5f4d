package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What else a sector may have been sealed with if its record gives another CommR.
 *
 * @param sealed other inputs of what was sealed, the likeliest first; not the recorded ones
 * @param updated other data of its replica update, likewise; none if it was not snapped
 * @param remarks what else may explain the CommR, a sentence each
 */
public record Candidates(
    @JsonProperty("sealed") List<Candidate> sealed,
    @JsonProperty("updated") List<Candidate> updated,
    @JsonProperty("remarks") List<String> remarks) {}
