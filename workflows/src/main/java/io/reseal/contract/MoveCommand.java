package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Restricts a rebuild to one host.
 *
 * @param by who gives it, for the record
 * @param host configured name of the sealing host
 */
public record MoveCommand(@JsonProperty("by") String by, @JsonProperty("host") String host) {}
