package io.reseal.record;

/**
 * A sector's status on chain; null for what the chain was not asked about.
 *
 * @param activation epoch at which it was first proven
 * @param expiration epoch at which it ends
 * @param deadline index of the deadline it is proven in, 0 to 47
 * @param partition index of its partition there
 * @param faulty whether the chain counts it as faulty
 * @param asOf epoch of the chain's head when this was asked
 */
public record Standing(
    Long activation,
    Long expiration,
    Integer deadline,
    Integer partition,
    Boolean faulty,
    long asOf) {

  /** The one that was asked later; the first of two equally old ones. */
  Standing newer(Standing other) {
    return other.asOf > asOf ? other : this;
  }
}
