package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Heartbeat details of a running step.
 *
 * @param text one line for people, {@code layer 3 of 11, ETA 2 h 10 min}
 * @param done units done
 * @param total units in all, 0 if unknown
 * @param unit what is counted: {@code layers}, {@code bytes}, {@code trees}
 * @param ratePerSecond units a second since the step began, 0 if unknown
 * @param etaSeconds seconds left at that rate, -1 if unknown
 */
public record Progress(
    @JsonProperty("text") String text,
    @JsonProperty("done") long done,
    @JsonProperty("total") long total,
    @JsonProperty("unit") String unit,
    @JsonProperty("ratePerSecond") double ratePerSecond,
    @JsonProperty("etaSeconds") long etaSeconds) {}
