package io.reseal.plan;

/** What a rebuild does about a snapped sector's key that is lost while its update proves. */
public enum LostKey {
  /** Make it from the update and the update's data; leave it lost if a piece is missing. */
  MAKE,
  /** Leave it lost: no proof reads it. */
  LEAVE
}
