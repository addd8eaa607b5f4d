package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * An operator's command to a running rebuild.
 *
 * @param by who gives it, for the record
 */
public record OperatorCommand(@JsonProperty("by") String by) {}
