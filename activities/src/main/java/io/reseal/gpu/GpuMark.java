package io.reseal.gpu;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Why a GPU is taken out, as it is kept over restarts.
 *
 * @param by which host found the fault
 * @param at epoch milliseconds since when
 * @param reason for people: what failed
 */
public record GpuMark(
    @JsonProperty("by") String by,
    @JsonProperty("at") long at,
    @JsonProperty("reason") String reason) {}
