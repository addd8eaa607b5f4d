package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What was done about the damaged copies of a store.
 *
 * @param started how many rebuilds were started now
 * @param waiting how many more are to be started once others have ended
 */
public record ScrubRepairs(
    @JsonProperty("started") int started, @JsonProperty("waiting") int waiting) {}
