package io.reseal.losses;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A sector of which something must be done.
 *
 * @param sector as the chain has it
 * @param files what the stores have of it
 * @param copies what is known of its copies
 * @param work how long the cheapest repair takes, or null if that is not known
 * @param outlook what it costs; with no time for the repair if that is not known
 */
public record Loss(
    SectorOnChain sector,
    Verdict verdict,
    Verdict.InStores files,
    List<CopyInStore> copies,
    Duration work,
    Outlook outlook) {

  private static final int FIRST_LEVEL = 2;
  private static final int URGENT = 0;
  private static final int PREVENTABLE = 1;
  private static final int COSTING = 2;
  private static final int HOPELESS = 3;

  /**
   * The order in which losses are to be dealt with, by what waiting costs: first those that the
   * chain would terminate within two days, then those that can still be whole before the chain
   * counts them as faulty, then by fee and reward for each hour of work. Those that cannot be saved
   * any more come last.
   */
  public static Comparator<Loss> byCostOfWaiting(ProvingClock clock) {
    return Comparator.<Loss>comparingInt(loss -> loss.rank(clock))
        .thenComparingLong(loss -> loss.rank(clock) == URGENT ? loss.slack(clock) : 0)
        .thenComparingLong(loss -> loss.rank(clock) == PREVENTABLE ? loss.outlook.challenge() : 0)
        .thenComparing(Comparator.<Loss>comparingDouble(Loss::valuePerHour).reversed())
        .thenComparingLong(loss -> loss.outlook.cutoff())
        .thenComparing(loss -> loss.sector.sector());
  }

  /** What is lost, for people. */
  public String lost() {
    String what = sector.snapped() ? "update" : "sealed file";
    return switch (files) {
      case WHOLE -> "nothing";
      case UNKNOWN -> "not known";
      case NEVER_SEEN -> "its %s, which no store of this fleet ever had".formatted(what);
      case MISSING -> "its %s, in %s".formatted(what, each(CopyInStore::store, ", "));
      case DAMAGED -> each(CopyInStore::damage, "; ");
    };
  }

  private String each(Function<CopyInStore, String> part, String between) {
    return copies.stream()
        .map(part)
        .filter(text -> text != null)
        .collect(Collectors.joining(between));
  }

  /** Temporal's priority level of its rebuild; the first is left to operators. */
  public int priority(ProvingClock clock) {
    return FIRST_LEVEL + rank(clock);
  }

  private int rank(ProvingClock clock) {
    if (!outlook.inTime()) {
      return HOPELESS;
    }
    if (sector.early() != 0 && slack(clock) < 2 * clock.rules().period()) {
      return URGENT;
    }
    boolean preventable =
        verdict == Verdict.WILL_FAULT
            && clock.now() + clock.epochs(work == null ? Duration.ZERO : work)
                <= outlook.challenge();
    return preventable ? PREVENTABLE : COSTING;
  }

  /** Epochs that the repair may begin later and still save the sector. */
  private long slack(ProvingClock clock) {
    return clock.term(sector.early()).lastDeclaration()
        - clock.now()
        - clock.epochs(work == null ? Duration.ZERO : work);
  }

  private double valuePerHour() {
    double hours = work == null ? 1 : Math.max(work.toMinutes() / 60.0, 1 / 60.0);
    return outlook.faultFee().add(outlook.dayReward()).doubleValue() / hours;
  }
}
