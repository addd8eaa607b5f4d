package io.reseal.losses;

import io.reseal.losses.CopyInStore.Condition;
import io.reseal.losses.SectorOnChain.State;
import java.util.List;

/** What chain and stores together say of a sector. */
public enum Verdict {
  FINE("fine"),
  /** Its files are lost or damaged, and the chain does not know it yet. */
  WILL_FAULT("will fault at the next proving"),
  FAULTY("faulty"),
  /** The chain counts it as faulty although its files are there. */
  FAULTY_WITHOUT_CAUSE("faulty without cause"),
  /** Faulty; its store cannot be looked at, or no store that is known has had it. */
  FAULTY_AND_UNKNOWN("faulty, files unknown"),
  RECOVERING("recovering"),
  /** It was declared recovered, but its files are not there. */
  RECOVERY_WILL_FAIL("recovery will fail"),
  /** The chain counts it as healthy; whether its files are there is not known. */
  UNKNOWN("unknown"),
  /** Two nodes say different things of it. */
  DISPUTED("disputed"),
  /** The chain expects no more proofs of it. */
  ENDED("ended");

  private final String title;

  Verdict(String title) {
    this.title = title;
  }

  /** For people. */
  public String title() {
    return title;
  }

  /** Whether something is to be done about the sector. */
  public boolean isTrouble() {
    return this != FINE && this != UNKNOWN && this != ENDED;
  }

  /** What the stores have of a sector. */
  public enum InStores {
    WHOLE,
    DAMAGED,
    MISSING,
    /** No known store ever had a copy: it may be in one that no host was given. */
    NEVER_SEEN,
    UNKNOWN;

    /** Whether its files are lost, as far as is known. */
    public boolean isLost() {
      return this == DAMAGED || this == MISSING || this == NEVER_SEEN;
    }
  }

  /**
   * What the stores have of a sector. A store that cannot be looked at is no proof of a loss.
   *
   * @param copies of what proves it, in all stores that are known to have had it
   * @param allSeen whether every store could be looked at
   */
  public static InStores inStores(List<CopyInStore> copies, boolean allSeen) {
    if (has(copies, Condition.WHOLE)) {
      return InStores.WHOLE;
    }
    if (has(copies, Condition.AWAY) || (copies.isEmpty() && !allSeen)) {
      return InStores.UNKNOWN;
    }
    if (copies.isEmpty()) {
      return InStores.NEVER_SEEN;
    }
    return has(copies, Condition.DAMAGED) ? InStores.DAMAGED : InStores.MISSING;
  }

  private static boolean has(List<CopyInStore> copies, Condition condition) {
    return copies.stream().anyMatch(copy -> copy.condition() == condition);
  }

  public static Verdict of(SectorOnChain sector, InStores files) {
    if (sector.disputed() != null) {
      return DISPUTED;
    }
    if (!sector.state().isLive()) {
      return ENDED;
    }
    if (sector.state() == State.RECOVERING) {
      return files.isLost() ? RECOVERY_WILL_FAIL : RECOVERING;
    }
    boolean faulty = sector.state() == State.FAULTY;
    return switch (files) {
      case WHOLE -> faulty ? FAULTY_WITHOUT_CAUSE : FINE;
      case DAMAGED, MISSING, NEVER_SEEN -> faulty ? FAULTY : WILL_FAULT;
      case UNKNOWN -> faulty ? FAULTY_AND_UNKNOWN : UNKNOWN;
    };
  }
}
