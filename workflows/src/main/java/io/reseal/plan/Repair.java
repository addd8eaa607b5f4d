package io.reseal.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.Commitment;
import java.util.Optional;

/**
 * What a host can do instead of sealing all of a sector: make what its stores lack from what they
 * still have, or from what is known.
 *
 * @param sealedIn name of the store whose sealed file stays as it is; null if it is lost: then it
 *     is made again with the known root of tree C, or {@code lostKey} says what is done about it
 * @param updateIn name of the store whose update stays as it is; null if the sector was not
 *     snapped, or if its update is lost and is made again from the key
 * @param commC the root of tree C that the sealed file is made again with, without trees C and D;
 *     null if the sealed file stays
 * @param what what is made next to what is there, for people, e.g. {@code tree-r-last and p_aux of
 *     the sealed file}; null if nothing is, because all that is lost is the key
 * @param lostKey what is done about a snapped sector's key that is lost while its update is there;
 *     null otherwise
 */
public record Repair(
    @JsonProperty("sealedIn") String sealedIn,
    @JsonProperty("updateIn") String updateIn,
    @JsonProperty("commC") Commitment commC,
    @JsonProperty("what") String what,
    @JsonProperty("lostKey") LostKey lostKey) {

  /** A repair that leaves the sealed file as it is. */
  public Repair(String sealedIn, String updateIn, String what) {
    this(sealedIn, updateIn, null, what);
  }

  public Repair(String sealedIn, String updateIn, Commitment commC, String what) {
    this(sealedIn, updateIn, commC, what, null);
  }

  /** A repair of an update whose key is lost. */
  public static Repair ofLostKey(String updateIn, String what, LostKey lostKey) {
    return new Repair(null, updateIn, null, what, lostKey);
  }

  /** Whether a snapped sector's key is made from its update, which stays where it is. */
  public boolean makesLostKey() {
    return lostKey == LostKey.MAKE;
  }

  /** Whether a snapped sector's key stays lost. */
  public boolean leavesKey() {
    return lostKey == LostKey.LEAVE;
  }

  /** The same without the key, which cannot be made; empty if nothing is left to be done. */
  public Optional<Repair> withoutKey() {
    return Optional.ofNullable(what).map(files -> ofLostKey(updateIn, files, LostKey.LEAVE));
  }

  /** Whether the sealed file is made again. */
  public boolean encodes() {
    return sealedIn == null && lostKey == null;
  }

  /** The same with the root of tree C, if the sealed file is made again with it. */
  public Repair with(Commitment knownCommC) {
    return encodes() ? new Repair(null, updateIn, knownCommC, what) : this;
  }
}
