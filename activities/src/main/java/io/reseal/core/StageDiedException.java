package io.reseal.core;

/** A stage process ended without telling a result. */
public final class StageDiedException extends Exception {

  private final boolean forWantOfMemory;

  public StageDiedException(String message) {
    this(message, false);
  }

  /**
   * @param forWantOfMemory whether it is known to have ended for want of memory
   */
  public StageDiedException(String message, boolean forWantOfMemory) {
    super(message);
    this.forWantOfMemory = forWantOfMemory;
  }

  public boolean isForWantOfMemory() {
    return forWantOfMemory;
  }
}
