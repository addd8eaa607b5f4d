package io.reseal.losses;

import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;

/**
 * A sector as the chain has it at one tipset.
 *
 * @param deadline index of the deadline that it is proven in
 * @param partition index of its partition there
 * @param early the epoch at whose end the chain terminates it because it is faulty; 0 if it does
 *     not, or not before it expires
 * @param proof its seal proof
 * @param commR CID of its sealed file; of a snapped sector its update's
 * @param snapped whether only its update is proven
 * @param hasData whether deals add to its weight
 * @param worth what it is worth
 * @param disputed what two nodes say of it that differs, or null
 */
public record SectorOnChain(
    SectorId sector,
    int deadline,
    int partition,
    State state,
    long early,
    SealProof proof,
    String commR,
    boolean snapped,
    boolean hasData,
    SectorWorth worth,
    String disputed) {

  /** What the chain counts it as. */
  public enum State {
    /** New: it has not yet been proven in a window. */
    UNPROVEN,
    ACTIVE,
    FAULTY,
    /** Faulty, and declared recovered: it is to be proven in its next window. */
    RECOVERING,
    TERMINATED,
    EXPIRED;

    public boolean isLive() {
      return this != TERMINATED && this != EXPIRED;
    }

    public boolean isFaulty() {
      return this == FAULTY || this == RECOVERING;
    }
  }
}
