package io.reseal.catalog;

import io.reseal.losses.MinerFunds;
import io.reseal.losses.MinerOnChain;
import io.reseal.losses.NetworkEstimates;
import io.reseal.losses.ProvingClock;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.Smoothed;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A complete scan of miner 1001 for tests, with one store that was looked at and has nothing. An
 * epoch lasts 30 s, as on mainnet.
 */
public final class ScanBuilder {

  public static final long MINER = 1001;

  private static final ProvingClock.Rules RULES =
      new ProvingClock.Rules(2880, 48, 60, 20, 70, Duration.ofSeconds(30));

  private final long startedAt;
  private long askedAt;
  private MinerOnChain onChain = miner(1_000, 0);
  private List<SectorOnChain> sectors = List.of();

  private ScanBuilder(long startedAt) {
    this.startedAt = startedAt;
  }

  public static ScanBuilder begun(long startedAt) {
    return new ScanBuilder(startedAt);
  }

  /** The chain was asked at that time. */
  public ScanBuilder asked(long at) {
    askedAt = at;
    return this;
  }

  public ScanBuilder epoch(long now, long periodStart) {
    return onChain(miner(now, periodStart));
  }

  public ScanBuilder onChain(MinerOnChain its) {
    onChain = its;
    return this;
  }

  public ScanBuilder sectors(List<SectorOnChain> its) {
    sectors = its;
    return this;
  }

  private static MinerOnChain miner(long now, long periodStart) {
    Smoothed one = new Smoothed(BigInteger.ONE.shiftLeft(190), BigInteger.ZERO);
    BigInteger none = BigInteger.ZERO;
    return new MinerOnChain(
        MINER,
        "net",
        new ProvingClock(now, periodStart, RULES),
        new MinerFunds(BigInteger.TEN, none, none, none, none),
        new NetworkEstimates(one, one),
        -1);
  }

  public LossScanRow row() {
    return new LossScanRow(
        MINER, startedAt, List.of("block1", "block2"), askedAt, onChain, null, null);
  }

  /** Makes it the newest one. */
  public void write(Catalog catalog) {
    LossRepository losses = catalog.losses();
    losses.begin(row());
    sectors.stream()
        .collect(Collectors.groupingBy(SectorOnChain::deadline))
        .forEach((deadline, its) -> losses.putDeadline(MINER, startedAt, deadline, its));
    losses.looked(
        MINER, startedAt, List.of(new ScannedStore("host-a", "store", "id", askedAt, null)));
    losses.end(MINER, startedAt, askedAt);
  }
}
