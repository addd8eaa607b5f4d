package io.reseal.plan;

/** What a rebuild is to do about a sector's unsealed copy, which no proof reads. */
public enum UnsealedWish {
  /** Store one, besides what is lost. */
  ALSO,
  /** Store one and make nothing else. */
  ONLY
}
