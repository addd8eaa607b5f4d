package io.reseal.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.Commitment;

/**
 * What a host can do instead of sealing all of a sector: make what its stores lack from what they
 * still have, or from what is known.
 *
 * @param sealedIn name of the store whose sealed file stays as it is; null if it is lost and is
 *     made again with the known root of tree C
 * @param updateIn name of the store whose update stays as it is; null if the sector was not
 *     snapped, or if its update is lost and is made again from the key
 * @param commC the root of tree C that the sealed file is made again with, without trees C and D;
 *     null if the sealed file stays
 * @param what what is made, for people, e.g. {@code tree-r-last and p_aux of the sealed file}
 */
public record Repair(
    @JsonProperty("sealedIn") String sealedIn,
    @JsonProperty("updateIn") String updateIn,
    @JsonProperty("commC") Commitment commC,
    @JsonProperty("what") String what) {

  /** A repair that leaves the sealed file as it is. */
  public Repair(String sealedIn, String updateIn, String what) {
    this(sealedIn, updateIn, null, what);
  }

  /** Whether the sealed file is made again. */
  boolean encodes() {
    return sealedIn == null;
  }

  /** The same with the root of tree C, if the sealed file is made again with it. */
  public Repair with(Commitment knownCommC) {
    return encodes() ? new Repair(null, updateIn, knownCommC, what) : this;
  }
}
