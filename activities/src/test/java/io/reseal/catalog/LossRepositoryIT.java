package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.losses.MinerFunds;
import io.reseal.losses.MinerOnChain;
import io.reseal.losses.NetworkEstimates;
import io.reseal.losses.ProvingClock;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.SectorWorth;
import io.reseal.losses.Smoothed;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scans of miners, in a real MariaDB. */
class LossRepositoryIT {

  private static final long MINER = ScanBuilder.MINER;
  private static final BigInteger LARGE = BigInteger.TWO.pow(200).subtract(BigInteger.ONE);

  private Catalog catalog;
  private LossRepository losses;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
    losses = catalog.losses();
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static LossScanRow scan(long startedAt) {
    return ScanBuilder.begun(startedAt)
        .onChain(
            new MinerOnChain(
                MINER,
                "net",
                new ProvingClock(
                    3274,
                    -2222,
                    new ProvingClock.Rules(2880, 48, 60, 20, 70, Duration.ofSeconds(4))),
                new MinerFunds(LARGE, LARGE, BigInteger.ONE, BigInteger.TWO, BigInteger.TEN),
                new NetworkEstimates(
                    new Smoothed(LARGE, LARGE.negate()), new Smoothed(LARGE, BigInteger.ZERO)),
                -1))
        .row();
  }

  private static SectorOnChain sector(long number) {
    return new SectorOnChain(
        new SectorId(MINER, number),
        2,
        1,
        SectorOnChain.State.RECOVERING,
        124_173,
        SealProof.KIB_2_V1_1,
        "commR",
        true,
        true,
        new SectorWorth(2048, 1, 2, 3, LARGE, LARGE, BigInteger.TEN),
        "one says this, the other that");
  }

  private List<SectorOnChain> sectors(long startedAt) {
    List<SectorOnChain> sectors = new ArrayList<>();
    losses.eachSector(MINER, startedAt, sectors::add);
    return sectors;
  }

  /** Fails if an amount is rounded, or a part of what the chain said is lost. */
  @Test
  void whatWasReadFromTheChainComesBackExactly() {
    losses.begin(scan(5));
    losses.putDeadline(MINER, 5, 2, List.of(sector(1), sector(2)));
    losses.remark(MINER, 5, "only one node");
    losses.end(MINER, 5, 9);

    LossScanRow row = losses.latest(MINER).orElseThrow();
    assertThat(row.onChain()).isEqualTo(scan(5).onChain());
    assertThat(row.blocks()).containsExactly("block1", "block2");
    assertThat(row.remarks()).isEqualTo("only one node");
    assertThat(row.endedAt()).isEqualTo(9);
    assertThat(sectors(5)).containsExactly(sector(1), sector(2));
  }

  /** Fails if a scan that is under way, or was cut off, replaces the last complete one. */
  @Test
  void aScanCountsOnceItHasEnded() {
    losses.begin(scan(5));
    losses.putDeadline(MINER, 5, 2, List.of(sector(1)));
    losses.end(MINER, 5, 6);
    losses.begin(scan(8));
    losses.putDeadline(MINER, 8, 2, List.of(sector(2)));

    assertThat(losses.latest(MINER).orElseThrow().startedAt()).isEqualTo(5);
    assertThat(losses.deadlines(MINER, 8)).containsExactly(2);

    losses.end(MINER, 8, 9);

    assertThat(losses.latest(MINER).orElseThrow().startedAt()).isEqualTo(8);
    assertThat(losses.find(MINER, 5)).isEmpty();
    assertThat(sectors(5)).isEmpty();
    assertThat(losses.miners()).containsExactly(MINER);
  }

  /** Fails if another attempt at a deadline or a store adds a row instead of replacing it. */
  @Test
  void whatIsRepeatedReplacesWhatWas() {
    losses.begin(scan(5));
    losses.putDeadline(MINER, 5, 2, List.of(sector(1)));
    losses.putDeadline(MINER, 5, 2, List.of(sector(2)));
    losses.looked(MINER, 5, List.of(new ScannedStore("h", "s", "id", 1, "away")));
    losses.looked(MINER, 5, List.of(new ScannedStore("h", "s", "id", 2, null)));

    assertThat(sectors(5)).containsExactly(sector(2));
    assertThat(losses.stores(MINER, 5)).containsExactly(new ScannedStore("h", "s", "id", 2, null));
  }
}
