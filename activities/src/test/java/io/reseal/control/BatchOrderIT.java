package io.reseal.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.LossScanRow;
import io.reseal.catalog.ScannedStore;
import io.reseal.contract.BatchSector;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order of a batch's sectors while it runs, in a real MariaDB. */
class BatchOrderIT {

  private static final long MINER = 1001;
  private static final String BATCH = "disk-7";
  private static final int SECTORS = 6;
  private static final long ASKED_AT = 1_700_000_000_000L;

  /** Long before any of the sectors is terminated. */
  private static final long FAR = 200_000;

  private Catalog catalog;
  private BatchOrder order;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
    order = new BatchOrder(catalog, () -> Instant.ofEpochMilli(ASKED_AT));
    catalog
        .batches()
        .add(
            BatchRecord.asked(BATCH, SECTORS, 1, null, false, false, false, null, "ann")
                .orderedByCost(),
            LongStream.range(0, SECTORS).mapToObj(BatchOrderIT::id).toList(),
            List.of());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static SectorId id(long number) {
    return new SectorId(MINER, number);
  }

  private static SectorOnChain faulty(long number, long early) {
    return new SectorOnChain(
        id(number),
        2,
        0,
        SectorOnChain.State.FAULTY,
        early,
        SealProof.GIB_32_V1_1,
        "commR",
        false,
        false,
        new SectorWorth(
            32L << 30, 0, 0, 1_000_000, BigInteger.ZERO, BigInteger.TEN.pow(17), BigInteger.ZERO),
        null);
  }

  /** A scan in which all sectors are lost; one may be about to be terminated. */
  private void scan(long startedAt, long urgent) {
    Smoothed one = new Smoothed(BigInteger.ONE.shiftLeft(190), BigInteger.ZERO);
    BigInteger none = BigInteger.ZERO;
    ProvingClock clock =
        new ProvingClock(
            100_000, 99_999, new ProvingClock.Rules(2880, 48, 60, 20, 70, Duration.ofSeconds(30)));
    catalog
        .losses()
        .begin(
            new LossScanRow(
                MINER,
                startedAt,
                List.of("block"),
                ASKED_AT,
                new MinerOnChain(
                    MINER,
                    "net",
                    clock,
                    new MinerFunds(none, none, none, none, none),
                    new NetworkEstimates(one, one),
                    -1),
                null,
                null));
    catalog
        .losses()
        .putDeadline(
            MINER,
            startedAt,
            2,
            LongStream.range(0, SECTORS)
                .mapToObj(number -> faulty(number, number == urgent ? 105_400 : FAR))
                .toList());
    catalog
        .losses()
        .looked(
            MINER, startedAt, List.of(new ScannedStore("host-a", "store", "id", ASKED_AT, null)));
    catalog.losses().end(MINER, startedAt, ASKED_AT);
  }

  private List<Long> next(int from, int count) {
    return order.next(BATCH, from, count).stream()
        .map(BatchSector::sector)
        .map(SectorId::number)
        .toList();
  }

  // Fails if the order stays as it was when the batch began, or a sector that has begun is moved.
  @Test
  void whatHasBecomeUrgentIsNext() {
    scan(1, -1);
    assertThat(next(0, 2)).containsExactly(0L, 1L);

    scan(2, 5);
    assertThat(next(2, 2)).containsExactly(5L, 2L);
    assertThat(next(4, 2)).containsExactly(3L, 4L);
    assertThat(catalog.batches().sectors(BATCH))
        .extracting(SectorId::number)
        .containsExactly(0L, 1L, 5L, 2L, 3L, 4L);
  }

  // Fails if each sector has the same priority, or one of a batch without a scan has one at all.
  @Test
  void thePriorityIsThatOfTheLoss() {
    assertThat(order.next(BATCH, 0, 1)).extracting(BatchSector::priority).containsOnlyNulls();
    scan(2, 5);
    assertThat(order.next(BATCH, 1, 2)).extracting(BatchSector::priority).containsExactly(2, 4);
  }

  // Fails if a batch's own order is changed that an operator has given.
  @Test
  void anOrderThatWasGivenStays() {
    scan(2, 5);
    catalog
        .batches()
        .add(
            BatchRecord.asked("given", 2, 1, null, false, false, false, null, "ann"),
            List.of(id(4), id(5)),
            List.of());
    assertThat(order.next("given", 0, 2))
        .extracting(BatchSector::sector)
        .containsExactly(id(4), id(5));
  }

  // Fails if a worker that was frozen moves sectors to where the batch has been: they would never
  // be rebuilt. Answers that are lost are asked for again, with the same sectors in them.
  @Test
  void lateAttemptsMoveNothingThatWasRead() {
    Random random = new Random(7);
    for (int round = 0; round < 5; round++) {
      catalog.batches().restart(catalog.batches().find(BATCH).orElseThrow());
      List<Long> read = new ArrayList<>();
      int from = 0;
      while (from < SECTORS) {
        scan(10 + round * 100L + from, random.nextInt(SECTORS));
        int count = 1 + random.nextInt(3);
        List<Long> lost = next(from, count);
        scan(60 + round * 100L + from, random.nextInt(SECTORS));
        next(random.nextInt(from + 1), 1 + random.nextInt(count));
        List<Long> page = next(from, count);
        assertThat(page).isEqualTo(lost);
        read.addAll(page);
        from += page.size();
      }
      List<Long> all = new ArrayList<>(new HashSet<>(read));
      Collections.sort(all);
      assertThat(all).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }
  }
}
