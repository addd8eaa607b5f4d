package io.reseal.threads;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Why a sealing thread takes nothing new, as it is kept in its location over restarts.
 *
 * @param by who paused it, or which host found the fault
 * @param at epoch milliseconds since when
 * @param reason for people: what was said or what failed
 * @param now whether the running step is stopped too, and none may run
 */
public record ThreadMark(
    @JsonProperty("by") String by,
    @JsonProperty("at") long at,
    @JsonProperty("reason") String reason,
    @JsonProperty("now") boolean now) {}
