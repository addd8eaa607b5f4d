package io.reseal.losses;

import io.reseal.config.MinerSettings;
import java.time.Duration;

/**
 * A miner's days on the chain, seen from one epoch: when each deadline comes, and until when
 * something can still be done about it.
 *
 * @param now the epoch of the tipset that everything is judged at
 * @param periodStart first epoch of the miner's proving period; negative on a young network
 * @param rules of the network
 */
public record ProvingClock(long now, long periodStart, Rules rules) {

  /** For how many proving periods a sector may be faulty before the chain terminates it. */
  private static final long FAULTY_PERIODS = 42;

  /**
   * A network's rules of proving, in epochs.
   *
   * @param period a proving period: a day on mainnet
   * @param deadlines how many there are in a period
   * @param window how long each is open
   * @param lookback how long before its opening a deadline's challenge is drawn
   * @param cutoff how long before its opening the last recovery can be declared; at that epoch it
   *     is too late
   * @param epoch how long an epoch lasts
   */
  public record Rules(
      long period, int deadlines, long window, long lookback, long cutoff, Duration epoch) {

    /**
     * The epoch at which a miner's software looks whether the faulty sectors of a deadline can be
     * declared recovered, which it does once in each period: two deadlines ahead; Curio when that
     * one opens, the others just after its challenge is drawn.
     */
    public long looksAt(MinerSettings.Kind software, long open) {
      long twoAhead = open - 2 * window;
      return software == MinerSettings.Kind.CURIO ? twoAhead : twoAhead - lookback + 1;
    }
  }

  /**
   * A deadline on one day.
   *
   * @param open its first epoch
   * @param close the epoch after its last
   * @param cutoff the first epoch at which it is too late to declare a recovery for it
   */
  public record Window(int deadline, long open, long close, long cutoff) {

    public long last() {
      return close - 1;
    }
  }

  /** How much longer a faulty sector has. */
  public final class Term {

    private final long early;

    private Term(long early) {
      this.early = early;
    }

    /** The epoch at whose end the chain terminates the sector. */
    public long termination() {
      return early;
    }

    /** The last epoch of the deadline from which the fault is counted; may be in the future. */
    public long faultEpoch() {
      return early - FAULTY_PERIODS * rules.period();
    }

    /** The last epoch at which declaring the sector recovered still saves it. */
    public long lastDeclaration() {
      return lastProofFrom() - rules.cutoff() - 1;
    }

    /** The first epoch of the last window in which the sector can be proven. */
    public long lastProofFrom() {
      return early - rules.window() + 1;
    }

    /** The last epoch at which the miner's software by itself looks at the sector in time. */
    public long lastLook(MinerSettings.Kind software) {
      return rules.looksAt(software, lastProofFrom());
    }

    /** How long until the chain terminates the sector. */
    public Duration left() {
      return until(early);
    }

    public boolean isHopeless() {
      return now > lastDeclaration();
    }
  }

  /** A deadline's window that is open, or comes next. */
  public Window window(int deadline) {
    long open = periodStart + deadline * rules.window();
    while (open + rules.window() <= now) {
      open += rules.period();
    }
    return windowFrom(deadline, open);
  }

  /** The next window of a deadline for which a recovery can still be declared. */
  public Window nextChance(int deadline) {
    Window next = window(deadline);
    return now < next.cutoff() ? next : windowFrom(deadline, next.open() + rules.period());
  }

  /** The next epoch, this one included, at which the software looks at the deadline's faults. */
  public long nextLook(int deadline, MinerSettings.Kind software) {
    long looks = rules.looksAt(software, window(deadline).open());
    return looks < now ? looks + rules.period() : looks;
  }

  /**
   * Until when a sector of this deadline that the chain does not know to be lost must be whole
   * again to stay without a fault: the epoch at which the challenge of the next window that it can
   * still be ready for is drawn.
   */
  public long nextChallenge(int deadline) {
    long challenge = window(deadline).open() - rules.lookback();
    return challenge < now ? challenge + rules.period() : challenge;
  }

  /** Whether a deadline is open or the next one, so that its sectors cannot be changed. */
  public boolean isImmutable(int deadline) {
    return now >= window(deadline).open() - rules.window();
  }

  /**
   * How much longer a faulty sector has.
   *
   * @param early the epoch at which it ends early, as the chain has it
   */
  public Term term(long early) {
    return new Term(early);
  }

  /** The term of a sector of this deadline that becomes faulty in the next window it can miss. */
  public Term termOfNextFault(int deadline) {
    long last = nextChallenge(deadline) + rules.lookback() + rules.window() - 1;
    return new Term(last + FAULTY_PERIODS * rules.period());
  }

  /** The same seen from a later epoch. */
  public ProvingClock at(long epoch) {
    return new ProvingClock(epoch, periodStart, rules);
  }

  /** How many epochs a time takes, rounded up. */
  public long epochs(Duration time) {
    long epoch = rules.epoch().toMillis();
    return (time.toMillis() + epoch - 1) / epoch;
  }

  /** The time from now to an epoch; negative if it has passed. */
  public Duration until(long epoch) {
    return rules.epoch().multipliedBy(epoch - now);
  }

  private Window windowFrom(int deadline, long open) {
    return new Window(deadline, open, open + rules.window(), open - rules.cutoff());
  }
}
