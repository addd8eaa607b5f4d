package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Pauses a rebuild.
 *
 * @param by who gives it, for the record
 * @param now whether the running step is stopped too, rather than awaited; its finished layers stay
 */
public record PauseCommand(@JsonProperty("by") String by, @JsonProperty("now") boolean now) {}
