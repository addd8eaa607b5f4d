package io.reseal.gpu;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Records why a GPU was taken out of service; survives restarts.
 *
 * @param by the host that found the fault
 * @param at when, in epoch milliseconds
 * @param reason what failed, for operators
 */
public record GpuMark(
    @JsonProperty("by") String by,
    @JsonProperty("at") long at,
    @JsonProperty("reason") String reason) {}
