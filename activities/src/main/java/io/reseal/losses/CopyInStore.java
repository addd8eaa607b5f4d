package io.reseal.losses;

/**
 * A copy of what proves a sector, in one store, as a scan knows it.
 *
 * @param store the store and its host, for people
 * @param damage what is wrong with it, or null
 */
public record CopyInStore(String store, Condition condition, String damage) {

  /** What is known of it. */
  public enum Condition {
    WHOLE,
    DAMAGED,
    /** No file of it is left in a store that had it. */
    LOST,
    /** It was there, but its store cannot be looked at now. */
    AWAY
  }
}
