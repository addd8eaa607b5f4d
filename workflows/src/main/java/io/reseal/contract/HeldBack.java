package io.reseal.contract;

/** Why a batch does not start the rebuild of a sector for now. */
public enum HeldBack {
  /** A record or pieces must be brought in first. */
  LACKS_INPUTS,
  /** The chain would end the sector before it could be proven again. */
  TOO_LATE
}
