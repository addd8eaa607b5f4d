package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Asks a host which copies in a store are to be checked next.
 *
 * @param store the store's name
 * @param plan how often each copy is checked
 * @param startedAt when the tour began by the host's clock, or null in its first question
 * @param after the last copy that the tour has visited, or null
 * @param count the most copies in the answer
 */
public record ScrubQuestion(
    @JsonProperty("store") String store,
    @JsonProperty("plan") ScrubPlan plan,
    @JsonProperty("startedAt") Long startedAt,
    @JsonProperty("after") ScrubPosition after,
    @JsonProperty("count") int count) {}
