package io.reseal.appraisal;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CopyRow;
import io.reseal.catalog.ScanBuilder;
import io.reseal.catalog.SmallFleet;
import io.reseal.contract.CheckLevel;
import io.reseal.contract.HeldBack;
import io.reseal.losses.RepairOnHost;
import io.reseal.losses.RepairOnHost.OfWhatIsLeft;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.Sectors;
import io.reseal.plan.Step;
import io.reseal.record.Fact;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.record.Snap;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The repair of a lost sector by what hosts answered, in a real MariaDB. */
class RepairsIT {

  private static final long ASKED_AT = 1_700_000_000_000L;
  private static final Duration WORK = Duration.ofHours(15);
  private static final SectorId SECTOR = new SectorId(ScanBuilder.MINER, 1);
  private static final long HALF = 16L << 30;
  private static final Piece BOUGHT = piece("31", 0);
  private static final Piece LOST = piece("32", HALF);

  private static final OfWhatIsLeft SOME_LAYERS =
      new OfWhatIsLeft("labelling from layer 8", List.of(Step.PC1, Step.PERSIST), 0.4);

  private static final String OTHER_COMM_R = Cid.sealed(new Commitment("20".repeat(32)));

  private Catalog catalog;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
    SmallFleet.report(catalog, 1, WORK, Instant.ofEpochMilli(ASKED_AT));
    SectorOnChain sector = Sectors.sector(1).verified().faultyUntil(200_000).build();
    catalog
        .sectors()
        .add(
            RecordBuilder.of(
                    SECTOR,
                    SealProof.GIB_32_V1_1,
                    new Randomness("ab".repeat(32), 5),
                    sector.commR())
                .with(Fact.PIECES, List.of(BOUGHT, LOST))
                .build());
    ScanBuilder.begun(1).asked(ASKED_AT).sectors(List.of(sector)).write(catalog);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static Piece piece(String byteOfCid, long offset) {
    return new Piece(Cid.unsealed(new Commitment(byteOfCid.repeat(32))), HALF, offset);
  }

  private void isDamaged() {
    catalog
        .copies()
        .checked(
            List.of(
                CopyRow.checked(
                    "id",
                    SmallFleet.HOST,
                    "store",
                    SECTOR,
                    "sealed",
                    CheckLevel.SIZES,
                    ASKED_AT + 1,
                    "losses scan",
                    "tree-r-last is missing")));
  }

  private void answers(String host, OfWhatIsLeft repair, List<String> pieces, String lackOfRoom) {
    catalog
        .losses()
        .answered(
            ScanBuilder.MINER,
            1,
            host,
            List.of(new RepairOnHost(SECTOR, repair, pieces, lackOfRoom)));
  }

  private LossReading.Read read() {
    return new LossReader(catalog, Map.of())
        .read(catalog.losses().latest(ScanBuilder.MINER).orElseThrow(), ASKED_AT);
  }

  private Repairs.Repair repair() {
    return read().lines().get(0).repair();
  }

  // Fails if what is left is not used, counts at another host's speed, or as if all layers were
  // labelled; or if pieces are asked for that nothing reads.
  @Test
  void whatIsLeftIsRepairedWhereItIs() {
    isDamaged();
    answers(SmallFleet.HOST, SOME_LAYERS, List.of(), null);

    assertThat(repair().what()).isEqualTo("labelling from layer 8, on host-a");
    assertThat(repair().millis()).isEqualTo((long) (WORK.toMillis() * SOME_LAYERS.labelled()));
    assertThat(repair().pieces()).isEmpty();
    assertThat(repair().lacking()).isEmpty();

    answers("host-b", new OfWhatIsLeft("tree R", List.of(Step.REPAIR), 0), List.of(), null);

    assertThat(repair().what()).as("less work").isEqualTo("tree R, on host-b");
    assertThat(repair().millis()).as("new to host-b").isNull();
  }

  // Fails if a damaged sector counts as one of which nothing is left although a host was not asked,
  // or the host goes unmentioned.
  @Test
  void aHostThatDidNotAnswerMayHaveSomething() {
    isDamaged();
    assertThat(repair().what()).contains("reseal rebuild --dry-run");
    assertThat(read().unasked()).containsExactly(SmallFleet.HOST);

    answers(SmallFleet.HOST, null, List.of(), null);

    assertThat(repair().what()).isEqualTo("labelling, sealing of the sealed file");
    assertThat(repair().millis()).isEqualTo(WORK.toMillis());
    assertThat(read().unasked()).isEmpty();
  }

  // Fails if a piece that a host has still counts as missing, or one that none has does not.
  @Test
  void piecesThatSomeHostCanGet() {
    assertThat(repair().lacking()).as("nobody was asked").isEmpty();

    answers(SmallFleet.HOST, null, List.of(), null);
    answers("host-b", null, List.of(BOUGHT.cid()), null);

    assertThat(repair().pieces())
        .containsExactly(
            new Repairs.NeededPiece(BOUGHT, List.of("host-b")),
            new Repairs.NeededPiece(LOST, List.of()));
    assertThat(repair().lacking()).containsExactly("1 of its 2 pieces, which no host has found");
    assertThat(Obstacle.of(read().lines().get(0)))
        .as("they may turn up, and the rebuild itself looks for them")
        .isEmpty();
  }

  // Fails if room is missing although one host has it, or if room elsewhere counts for a repair
  // that
  // only one host can make.
  @Test
  void roomIsMissingIfNoHostThatCanDoItHasIt() {
    List<String> pieces = List.of(BOUGHT.cid(), LOST.cid());
    answers(SmallFleet.HOST, null, pieces, "its scratch has 5 bytes free");
    assertThat(repair().lacking()).containsExactly("room: host-a: its scratch has 5 bytes free");

    answers("host-b", null, pieces, null);
    assertThat(repair().lacking()).isEmpty();

    answers(SmallFleet.HOST, SOME_LAYERS, pieces, "its scratch has 5 bytes free");
    assertThat(repair().lacking()).containsExactly("room: host-a: its scratch has 5 bytes free");
  }

  // Fails if a sector whose number was used again, or that was snapped again since its record was
  // made, is started with the inputs of the replica that the chain knows no more.
  @Test
  void aRecordOfAnEarlierReplicaIsNotRebuilt() {
    assertThat(Obstacle.of(read().lines().get(0))).isEmpty();
    SectorRecord before = catalog.sectors().find(List.of(SECTOR)).get(SECTOR);

    catalog.sectors().replace(RecordBuilder.of(before).with(Fact.COMM_R, OTHER_COMM_R).build());
    assertIsAnEarlierOne();

    catalog
        .sectors()
        .replace(
            RecordBuilder.of(before).snap(new Snap(null, OTHER_COMM_R, List.of(BOUGHT))).build());
    assertIsAnEarlierOne();
  }

  private void assertIsAnEarlierOne() {
    assertThat(Obstacle.of(read().lines().get(0)))
        .hasValueSatisfying(
            obstacle -> {
              assertThat(obstacle.kind()).isEqualTo(HeldBack.LACKS_INPUTS);
              assertThat(obstacle.why()).contains("another CommR", "reseal import chain 1001 1");
            });
  }
}
