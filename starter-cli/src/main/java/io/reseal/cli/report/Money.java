package io.reseal.cli.report;

import io.reseal.catalog.BatchLoss;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Function;

/**
 * What the losses of a batch have cost so far, what their repair has saved, and what is still at
 * stake, in attoFIL. All of it is an estimate but for the pledge.
 *
 * @param known how many sectors it is known of
 * @param pledge locked for all of them
 * @param pledgeProven of those that are proven again
 * @param fees fault fees so far
 * @param rewards what they did not earn so far
 * @param ended termination fees and later rewards of those that ended for good
 * @param savedFees termination fees that those that are proven again do not cost
 * @param savedRewards what they earn until they expire
 * @param openFees termination fees that threaten the others
 * @param openRewards what the others earn until they expire, once proven
 * @param feesADay of those that are faulty now
 */
record Money(
    int known,
    BigInteger pledge,
    BigInteger pledgeProven,
    BigInteger fees,
    BigInteger rewards,
    BigInteger ended,
    BigInteger savedFees,
    BigInteger savedRewards,
    BigInteger openFees,
    BigInteger openRewards,
    BigInteger feesADay) {

  /** What one sector adds. */
  private record Part(BatchReport.Sector sector, long now) {

    BatchLoss loss() {
      return sector.loss();
    }

    /** When it was proven or ended; else now. */
    long until() {
      return switch (sector.phase()) {
        case PROVEN -> sector.provenAt();
        case ENDED ->
            sector.chain().sinceAt() == null ? sector.chain().seenAt() : sector.chain().sinceAt();
        default -> now;
      };
    }

    /** Whether it was whole again before the chain could notice. */
    boolean wasInTime() {
      return loss().wholeBy() != null
          && sector.storedAt() != null
          && sector.storedAt() <= loss().wholeBy();
    }

    long faultyMillis() {
      return wasInTime() ? 0 : Math.max(0, until() - loss().faultAt());
    }

    boolean isFaultyNow() {
      return !wasInTime() && now >= loss().faultAt() && isOpen();
    }

    boolean isOpen() {
      return sector.phase() != Phase.PROVEN && sector.phase() != Phase.ENDED;
    }

    /** Paid at the end of each full period. */
    BigInteger fees() {
      return loss().faultFee().multiply(BigInteger.valueOf(faultyMillis() / loss().period()));
    }

    BigInteger rewards() {
      return reward(faultyMillis());
    }

    BigInteger laterRewards() {
      return reward(Math.max(0, loss().expiresAt() - until()));
    }

    /** One that has expired would have ended anyway. */
    BigInteger termination() {
      return until() + loss().period() >= loss().expiresAt()
          ? BigInteger.ZERO
          : loss().terminationFee();
    }

    private BigInteger reward(long millis) {
      return loss()
          .dayReward()
          .multiply(BigInteger.valueOf(millis))
          .divide(BigInteger.valueOf(loss().period()));
    }
  }

  static Money of(List<BatchReport.Sector> sectors, long now) {
    List<Part> all =
        sectors.stream()
            .filter(sector -> sector.loss() != null)
            .map(sector -> new Part(sector, now))
            .toList();
    List<Part> proven = with(all, Phase.PROVEN);
    List<Part> over = with(all, Phase.ENDED);
    List<Part> open = all.stream().filter(Part::isOpen).toList();
    return new Money(
        all.size(),
        sum(all, part -> part.loss().pledge()),
        sum(proven, part -> part.loss().pledge()),
        sum(all, Part::fees),
        sum(all, Part::rewards),
        sum(over, part -> part.termination().add(part.laterRewards())),
        sum(proven, Part::termination),
        sum(proven, Part::laterRewards),
        sum(open, Part::termination),
        sum(open, Part::laterRewards),
        sum(open.stream().filter(Part::isFaultyNow).toList(), part -> part.loss().faultFee()));
  }

  BigInteger lost() {
    return fees.add(rewards).add(ended);
  }

  BigInteger saved() {
    return savedFees.add(savedRewards);
  }

  BigInteger atStake() {
    return openFees.add(openRewards);
  }

  private static List<Part> with(List<Part> parts, Phase phase) {
    return parts.stream().filter(part -> part.sector().phase() == phase).toList();
  }

  private static BigInteger sum(List<Part> parts, Function<Part, BigInteger> amount) {
    return parts.stream().map(amount).reduce(BigInteger.ZERO, BigInteger::add);
  }
}
