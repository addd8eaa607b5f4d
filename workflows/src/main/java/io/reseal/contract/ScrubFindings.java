package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What became of a portion of copies.
 *
 * @param checked how many were checked, with what damage there is in the catalog
 * @param damaged how many of them are damaged or lost
 * @param leftOut how many were left out because their sectors are being rebuilt, or because the
 *     catalog knows too little of them
 * @param failed how many could not be checked for a reason in the host's log
 */
public record ScrubFindings(
    @JsonProperty("checked") int checked,
    @JsonProperty("damaged") int damaged,
    @JsonProperty("leftOut") int leftOut,
    @JsonProperty("failed") int failed) {}
