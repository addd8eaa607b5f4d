package io.reseal.contract;

/** How much of a stored copy is read. Each level includes those before it. */
public enum CheckLevel {
  /** Presence and sizes of the files. */
  SIZES,
  /** In addition CommR, and the answer to a WindowPoSt challenge. */
  SAMPLE,
  /** In addition every byte. */
  FULL
}
