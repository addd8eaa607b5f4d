package io.reseal.cli.show;

import io.reseal.contract.FailureType;
import io.reseal.contract.RunRecord;
import java.util.Optional;

/** Parts of a run as text. */
public final class RunText {

  private RunText() {}

  /** {@code host-a#0}, or null if it has never held a thread. */
  public static String thread(RunRecord run) {
    if (run.host() == null) {
      return null;
    }
    return run.threadIndex() == null ? run.host() : run.host() + "#" + run.threadIndex();
  }

  /** Why a run is parked or paused, or null if it is neither. */
  public static String whyParked(RunRecord run) {
    return run.attention() == null ? run.paused() : run.attention();
  }

  /** {@code 3rd of 12 waiting}, or null if the rebuild does not wait for a thread. */
  public static String place(Integer place, Integer waiting) {
    return place == null
        ? null
        : "%d%s of %d waiting for a sealing thread".formatted(place, suffix(place), waiting);
  }

  private static String suffix(int number) {
    if (number % 100 / 10 == 1) {
      return "th";
    }
    return switch (number % 10) {
      case 1 -> "st";
      case 2 -> "nd";
      case 3 -> "rd";
      default -> "th";
    };
  }

  /** The type that a failure's line begins with, as {@code Host.Io: …} does. */
  public static Optional<FailureType> failureType(String line) {
    return line == null ? Optional.empty() : FailureType.find(line.split(":", 2)[0]);
  }
}
