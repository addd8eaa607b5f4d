package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What else a sector may have been sealed with if its record gives another CommR.
 *
 * @param ranked the likeliest first; not the recorded inputs themselves
 * @param remarks what else may explain the CommR, a sentence each
 */
public record Candidates(
    @JsonProperty("ranked") List<Candidate> ranked,
    @JsonProperty("remarks") List<String> remarks) {}
