package io.reseal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.appraisal.LossReader;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.ScanBuilder;
import io.reseal.catalog.SmallFleet;
import io.reseal.contract.BatchSector;
import io.reseal.contract.HeldBack;
import io.reseal.contract.RunRecord;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.Sectors;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order of a batch's sectors while it runs, in a real MariaDB. */
class BatchOrderIT {

  private static final long MINER = ScanBuilder.MINER;
  private static final String BATCH = "disk-7";
  private static final int SECTORS = 6;
  private static final String COMM_R = Sectors.sector(0).build().commR();
  private static final long ASKED_AT = 1_700_000_000_000L;

  /** Long before any of the sectors is terminated. */
  private static final long FAR = 200_000;

  private Catalog catalog;
  private BatchOrder order;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
    order =
        new BatchOrder(
            catalog, new LossReader(catalog, Map.of()), () -> Instant.ofEpochMilli(ASKED_AT));
    catalog
        .batches()
        .add(
            BatchRecord.asked(BATCH, SECTORS, 1, null, false, false, false, null, "ann")
                .orderedByCost(false),
            LongStream.range(0, SECTORS).mapToObj(BatchOrderIT::id).toList(),
            List.of());
    LongStream.range(0, SECTORS).forEach(number -> catalog.sectors().add(record(number, COMM_R)));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static SectorId id(long number) {
    return new SectorId(MINER, number);
  }

  private static SectorRecord record(long number, String commR) {
    return RecordBuilder.of(
            id(number), SealProof.GIB_32_V1_1, new Randomness("ab".repeat(32), 5), commR)
        .build();
  }

  /** A scan in which all sectors are lost; one may be about to be terminated. */
  private void scan(long startedAt, long urgent) {
    scan(startedAt, number -> Sectors.sector(number).faultyUntil(number == urgent ? 105_400 : FAR));
  }

  private void scan(long startedAt, LongFunction<Sectors> sectors) {
    ScanBuilder.begun(startedAt)
        .asked(ASKED_AT)
        .epoch(100_000, 99_999)
        .sectors(LongStream.range(0, SECTORS).mapToObj(sectors).map(Sectors::build).toList())
        .write(catalog);
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

  private List<String> marked(int from, int count) {
    return order.next(BATCH, from, count).stream()
        .map(
            sector ->
                sector.sector().number()
                    + (sector.heldBack() == null ? "" : " " + sector.heldBack()))
        .toList();
  }

  /** A scan of six lost sectors of which 1 and 3 cannot be saved, and 4 has expired. */
  private void scanWithTooLateOnes(long startedAt) {
    scan(
        startedAt,
        number ->
            number == 4
                ? Sectors.sector(number).state(SectorOnChain.State.EXPIRED)
                : Sectors.sector(number)
                    .faultyUntil(number % 2 == 1 && number < 4 ? 100_001 : FAR));
  }

  // Fails if what cannot be proven in time is started, keeps others from being started, or stays
  // away when a newer scan says that there is time.
  @Test
  void whatIsTooLateIsNotStartedUntilANewerScanSaysOtherwise() {
    scanWithTooLateOnes(1);
    assertThat(marked(0, 10)).containsExactly("0", "2", "5");
    assertThat(marked(3, 10)).containsExactly("1 TOO_LATE", "3 TOO_LATE", "4 TOO_LATE");

    scan(2, -1);
    assertThat(marked(3, 2)).containsExactly("1", "3");
    scanWithTooLateOnes(3);
    assertThat(marked(3, 3)).as("what was read stays read").containsExactly("1", "3");
    assertThat(marked(5, 3)).containsExactly("4 TOO_LATE");
  }

  // Fails if a sector that is back counts as too late, because the scan is older than its rebuild.
  @Test
  void whatIsBackIsNotHeldBack() {
    scanWithTooLateOnes(1);
    catalog
        .runs()
        .record(
            new RunRecord(
                "run",
                "workflow",
                id(3),
                RebuildState.FINISHED,
                "host-a",
                0,
                1,
                2,
                2L,
                1,
                BATCH,
                null,
                null,
                null,
                "ann"),
            List.of());
    assertThat(order.next(BATCH, 0, 10))
        .extracting(BatchSector::sector, BatchSector::finished)
        .contains(tuple(id(3), true), tuple(id(0), false))
        .hasSize(4);
  }

  // Fails if an operator who insists is not obeyed.
  @Test
  void anOperatorMayInsist() {
    scanWithTooLateOnes(1);
    catalog
        .batches()
        .add(
            BatchRecord.asked("all", 3, 1, null, false, false, false, null, "ann")
                .orderedByCost(true),
            List.of(id(1), id(4), id(5)),
            List.of());
    assertThat(order.next("all", 0, 9))
        .extracting(BatchSector::sector, BatchSector::heldBack)
        .containsExactly(tuple(id(5), null), tuple(id(1), null), tuple(id(4), null));
  }

  // Fails if a sector that lacks a record that fits begins, or never joins once it has one.
  @Test
  void whatLacksItsInputsJoinsWhenTheyAreThere() {
    catalog.sectors().replace(record(2, Cid.sealed(new Commitment("20".repeat(32)))));
    scan(1, -1);
    assertThat(marked(0, 10)).containsExactly("0", "1", "3", "4", "5");
    assertThat(marked(5, 10)).containsExactly("2 " + HeldBack.LACKS_INPUTS);
    catalog.sectors().replace(record(2, COMM_R));
    assertThat(marked(5, 10)).containsExactly("2");
  }

  /** Sector 5 has a little less than three days; each rebuild takes one on the only thread. */
  private void scanWithLittleTime(long startedAt) {
    scan(startedAt, number -> Sectors.sector(number).faultyUntil(number == 5 ? 108_818 : FAR));
  }

  // Fails if a sector waits for its turn that would be too late then.
  @Test
  void whatWouldBeTooLateInItsTurnIsNextAndUrgent() {
    SmallFleet.report(catalog, 1, Duration.ofDays(1), Instant.ofEpochMilli(ASKED_AT));
    scanWithLittleTime(1);
    assertThat(order.next(BATCH, 0, 2))
        .extracting(BatchSector::sector, BatchSector::priority)
        .containsExactly(tuple(id(5), 2), tuple(id(0), 4));
  }

  // Fails if threads count as free that still work on what the batch has begun.
  @Test
  void whatHasBegunTakesItsTimeFirst() {
    SmallFleet.report(catalog, 1, Duration.ofDays(1), Instant.ofEpochMilli(ASKED_AT));
    scan(1, -1);
    catalog
        .batches()
        .add(
            BatchRecord.asked("three", 3, 1, null, false, false, false, null, "ann")
                .orderedByCost(false),
            List.of(id(0), id(4), id(5)),
            List.of());
    assertThat(order.next("three", 0, 1)).extracting(BatchSector::sector).containsExactly(id(0));
    scanWithLittleTime(2);
    assertThat(order.next("three", 1, 1)).extracting(BatchSector::sector).containsExactly(id(5));
  }

  // Catches: an order of all sectors that is made again for each one that starts, which takes a
  // hundred times as long for ten times as many.
  @Test
  void manySectorsAreNotOrderedForEachOne() {
    int many = 1_000;
    AtomicInteger asked = new AtomicInteger();
    BatchOrder counted =
        new BatchOrder(
            catalog,
            new LossReader(catalog, Map.of()),
            () -> {
              asked.incrementAndGet();
              return Instant.ofEpochMilli(ASKED_AT);
            });
    catalog
        .batches()
        .add(
            BatchRecord.asked("large", many, 1, null, false, false, false, null, "ann")
                .orderedByCost(false),
            LongStream.range(0, many).mapToObj(BatchOrderIT::id).toList(),
            List.of());
    List<Long> read = new ArrayList<>();
    for (int from = 0; from < 100; from++) {
      counted.next("large", from, 1).forEach(sector -> read.add(sector.sector().number()));
    }
    assertThat(read).hasSize(100).doesNotHaveDuplicates();
    // An order asks for the time twice; ten sectors get their places at a time.
    assertThat(asked.get()).isBetween(20, 24);
  }

  // Catches: a priority that is lost because the sector is read after its order was made.
  @Test
  void whatHasItsPlaceKeepsItsPriority() {
    scan(1, 5);
    Integer before = order.next(BATCH, 0, 1).get(0).priority();
    assertThat(before).isNotNull();
    scan(2, -1);
    assertThat(order.next(BATCH, 0, 1).get(0).priority()).isEqualTo(before);
  }
}
