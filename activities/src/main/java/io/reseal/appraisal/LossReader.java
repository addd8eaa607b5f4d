package io.reseal.appraisal;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.LossScanRow;
import io.reseal.config.MinerSettings;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads what scans have found. */
public final class LossReader {

  /** Of those that look by themselves, the one that looks first. */
  private static final MinerSettings.Kind EARLIEST = MinerSettings.Kind.LOTUS_MINER;

  private final Catalog catalog;
  private final Map<Long, MinerSettings> miners;

  /**
   * @param miners the software of each miner, as far as it is configured
   */
  public LossReader(Catalog catalog, Map<Long, MinerSettings> miners) {
    this.catalog = catalog;
    this.miners = miners;
  }

  /**
   * Reads a scan.
   *
   * @param now epoch milliseconds: times to deadlines are counted from it
   */
  public LossReading.Read read(LossScanRow scan, long now) {
    MinerSettings.Kind software =
        Optional.ofNullable(miners.get(scan.miner())).map(MinerSettings::kind).orElse(EARLIEST);
    return new LossReading(catalog, scan, software, now).read();
  }

  /** Reads the newest scan of each of the miners that was scanned. */
  public Stream<LossReading.Read> newest(Collection<Long> of, long now) {
    return of.stream()
        .flatMap(miner -> catalog.losses().latest(miner).stream())
        .map(scan -> read(scan, now));
  }
}
