package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How far a tour of a store has come, or how it ended. Times are epoch milliseconds.
 *
 * @param began when it began, by Temporal's clock
 * @param ended when it ended, or null
 * @param samples the copies of which a sample is read
 * @param fulls the copies that are read in full
 * @param damaged how many damaged or lost copies it has found
 * @param leftOut how many copies it left out: their sectors are being rebuilt, or too little is
 *     known of them
 * @param failed how many copies could not be checked for a reason in the host's log
 * @param unknown how many sectors the store has that the catalog does not know
 * @param repairs how many rebuilds it has started
 * @param etaMillis how long the rest will take with the hours that it may use, or null
 * @param waitingUntil when the hours begin that it waits for, or null
 * @param note why it ended early, or null
 * @param startedAt when it began by the host's clock, or null before the host's first answer
 * @param after the last copy that it has visited, or null
 */
public record ScrubProgress(
    @JsonProperty("began") long began,
    @JsonProperty("ended") Long ended,
    @JsonProperty("samples") ScrubCount samples,
    @JsonProperty("fulls") ScrubCount fulls,
    @JsonProperty("damaged") int damaged,
    @JsonProperty("leftOut") int leftOut,
    @JsonProperty("failed") int failed,
    @JsonProperty("unknown") int unknown,
    @JsonProperty("repairs") int repairs,
    @JsonProperty("etaMillis") Long etaMillis,
    @JsonProperty("waitingUntil") Long waitingUntil,
    @JsonProperty("note") String note,
    @JsonProperty("startedAt") Long startedAt,
    @JsonProperty("after") ScrubPosition after) {}
