package io.reseal.record;

/**
 * How a sector stands on chain; what the chain was not asked for is null.
 *
 * @param activation epoch at which it was proven first
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
    long asOf) {}
