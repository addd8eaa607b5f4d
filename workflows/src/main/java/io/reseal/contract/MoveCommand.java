package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Lets only one host take a rebuild.
 *
 * @param by who asks, for the record
 * @param host configured name of the sealing host
 */
public record MoveCommand(@JsonProperty("by") String by, @JsonProperty("host") String host) {}
