package io.reseal.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a host can do instead of sealing a sector: make what its stores lack from what they still
 * have.
 *
 * @param sealedIn name of the store whose sealed file stays as it is
 * @param updateIn name of the store whose update stays as it is; null if the sector was not
 *     snapped, or if its update is lost and is made again from the repaired key
 * @param what what is made, for people, e.g. {@code tree-r-last and p_aux of the sealed file}
 */
public record Repair(
    @JsonProperty("sealedIn") String sealedIn,
    @JsonProperty("updateIn") String updateIn,
    @JsonProperty("what") String what) {}
