package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.chain.FakeNode;
import io.reseal.chain.StageNode;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.losses.Verdict;
import io.reseal.record.Fact;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRoots;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Scans for losses on a real fleet, of a miner whose chain answers as a real one did. */
@ExtendWith(FleetExtension.class)
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LossesIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MINER = "f07001";
  private static final int SNAPPED = 3;
  private static final int SECTORS = 7;

  private final Fleet fleet;
  private final Ask ask;
  private volatile String stage = "healthy";
  private FakeNode node;
  private String settings;

  LossesIT(Fleet fleet, Ask ask) {
    this.fleet = fleet;
    this.ask = ask;
  }

  /** Workers read their nodes when they start, so all tests share one node and one start. */
  @BeforeAll
  void connect() throws IOException {
    node = StageNode.following(() -> stage, 7001);
    settings = Files.readString(file());
    Files.writeString(
        file(), settings + "\n[[chain.node]]\naddress = \"%s\"\n".formatted(node.address()));
    fleet.stopWorkers();
  }

  @AfterAll
  void disconnect() throws IOException {
    node.close();
    Files.writeString(file(), settings);
    fleet.stopWorkers();
  }

  @BeforeEach
  void storeAll() throws IOException {
    stage = "healthy";
    for (int number = 0; number < SECTORS; number++) {
      store(number);
    }
  }

  @AfterEach
  void loseAll() throws IOException {
    for (int number = 0; number < SECTORS; number++) {
      lose(number);
    }
  }

  private Path file() {
    return fleet.home().resolve("reseal.toml");
  }

  private static Map<String, Integer> files(int number) {
    boolean snapped = number == SNAPPED;
    String name = "s-t07001-" + number;
    String cache = (snapped ? "update-cache/" : "cache/") + name;
    return Map.of(
        (snapped ? "update/" : "sealed/") + name,
        2048,
        cache + "/p_aux",
        64,
        cache + "/sc-02-data-tree-r-last.dat",
        32);
  }

  private void store(int number) throws IOException {
    for (Map.Entry<String, Integer> file : files(number).entrySet()) {
      Path path = fleet.store().resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, new byte[file.getValue()]);
    }
  }

  private void lose(int number) throws IOException {
    for (String file : files(number).keySet()) {
      Files.deleteIfExists(fleet.store().resolve(file));
    }
    Files.deleteIfExists(
        fleet
            .store()
            .resolve(number == SNAPPED ? "update-cache" : "cache")
            .resolve("s-t07001-" + number));
  }

  private void scan(String at) {
    stage = at;
    Ask.Answer answer = ask.reseal("losses", "scan", MINER);
    assertThat(answer.status()).as(answer.toString()).isZero();
  }

  private JsonNode losses() throws IOException {
    Ask.Answer answer = ask.reseal("losses", MINER, "--output", "json");
    JsonNode losses = JSON.readTree(answer.out());
    assertThat(answer.status())
        .as(answer.toString())
        .isEqualTo(losses.path("losses").isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED);
    return losses;
  }

  /** The verdict on each sector that has trouble. */
  private Map<Long, String> verdicts() throws IOException {
    Map<Long, String> verdicts = new TreeMap<>();
    losses()
        .path("losses")
        .forEach(
            loss ->
                verdicts.put(loss.at("/sector/number").asLong(), loss.path("verdict").asText()));
    return verdicts;
  }

  // Fails if a lost file is not noticed before the chain counts its sector as faulty, if one that
  // is back still counts as lost, or if a store that is away counts as empty.
  @Test
  void theStoryOfALossFromHealthyToProven() throws Exception {
    scan("healthy");
    assertThat(losses().at("/counts/fine").asInt()).isEqualTo(SECTORS);

    for (int number : Set.of(2, 3, 4)) {
      lose(number);
    }
    scan("lost");
    String willFault = "will fault at the next proving";
    assertThat(verdicts()).isEqualTo(Map.of(2L, willFault, 3L, willFault, 4L, willFault));

    scan("faulty-2");
    assertThat(verdicts()).isEqualTo(Map.of(2L, willFault, 3L, "faulty", 4L, "faulty"));

    scan("faulty-3-charged");
    assertThat(verdicts()).isEqualTo(Map.of(2L, "faulty", 3L, "faulty", 4L, "faulty"));
    JsonNode second = loss(2);
    assertThat(second.path("faultFee").asText()).isEqualTo("91850823829");
    assertThat(second.path("terminationFee").asText()).isEqualTo("96443365020");
    assertThat(second.path("terminationEpoch").asLong()).isEqualTo(124_233);
    assertThat(second.path("faultEpoch").asLong()).isEqualTo(3273);
    assertThat(second.path("lastDeclarationEpoch").asLong()).isEqualTo(124_103);
    assertThat(second.path("cutoffEpoch").asLong()).isEqualTo(6024);
    assertThat(second.path("deadline").asInt()).isEqualTo(3);
    assertThat(second.path("missing").get(0).asText()).contains("reseal import chain 7001 2");
    assertThat(ask.reseal("losses", MINER).out())
        .contains("f07001/2", "its sealed file, in store of", "~91.85 nFIL", "3 sectors: ");

    Path away = fleet.home().resolve("store-away");
    Files.move(fleet.store(), away);
    try {
      scan("healthy");
      JsonNode unseen = losses();
      assertThat(verdicts()).isEqualTo(Map.of(2L, willFault, 3L, willFault, 4L, willFault));
      assertThat(unseen.at("/counts/unknown").asInt()).isEqualTo(4);
      assertThat(unseen.path("away").size()).isPositive();
    } finally {
      Files.move(away, fleet.store());
    }

    for (int number : Set.of(2, 3, 4)) {
      store(number);
    }
    scan("faulty-late");
    String withoutCause = "faulty without cause";
    assertThat(verdicts()).isEqualTo(Map.of(2L, withoutCause, 3L, withoutCause, 4L, withoutCause));

    scan("recovering-3");
    assertThat(verdicts()).isEqualTo(Map.of(2L, "recovering", 3L, "recovering", 4L, "recovering"));

    scan("proven-3");
    assertThat(losses().at("/counts/fine").asInt()).isEqualTo(SECTORS);
  }

  private JsonNode loss(long number) throws IOException {
    for (JsonNode loss : losses().path("losses")) {
      if (loss.at("/sector/number").asLong() == number) {
        return loss;
      }
    }
    throw new AssertionError("sector " + number + " is not listed");
  }

  // Fails if a piece that several sectors wait for is listed more than once, or a record that does
  // not fit the chain passes for complete.
  @Test
  void thePiecesThatLostSectorsNeed() throws Exception {
    String cid = Cid.unsealed(new Commitment("22".repeat(32)));
    for (long number : List.of(4L, 6L)) {
      fleet
          .catalog()
          .sectors()
          .add(
              RecordBuilder.of(
                      new SectorId(7001, number),
                      SealProof.KIB_2_V1,
                      new Randomness("ab".repeat(32), -892),
                      Cid.sealed(new Commitment("11".repeat(32))))
                  .with(Fact.PIECES, List.of(new Piece(cid, 1024, 0)))
                  .build());
      lose((int) number);
    }
    scan("healthy");

    assertThat(loss(4).path("missing").get(0).asText()).contains("another CommR");
    JsonNode pieces =
        JSON.readTree(ask.reseal("losses", MINER, "--pieces", "--output", "json").out());
    assertThat(pieces).hasSize(1);
    assertThat(pieces.get(0).path("cid").asText()).isEqualTo(cid);
    assertThat(pieces.get(0).path("sectors")).hasSize(2);
    assertThat(pieces.get(0).path("hosts")).isEmpty();
    assertThat(loss(4).path("lacking").get(0).asText()).contains("1 of its 1 pieces");
    assertThat(ask.reseal("losses", MINER, "--pieces").out()).contains(cid, "1 pieces. No host");

    Path there = Files.write(fleet.pieces().resolve(cid), new byte[1016]);
    try {
      scan("healthy");
      assertThat(loss(4).path("lacking")).isEmpty();
      assertThat(ask.reseal("losses", MINER, "--pieces").out())
          .doesNotContain(cid)
          .contains("0 pieces. 1 more are not listed: the scan found them in the places of");
    } finally {
      Files.delete(there);
    }
  }

  // Fails if the scan does not look at what is left of a damaged sector, so that its repair is not
  // known before somebody asks the host.
  @Test
  void theRepairOfADamagedSector() throws Exception {
    scan("healthy");
    SectorId sector = new SectorId(7001, 1);
    String commR = commR(1);
    fleet
        .catalog()
        .sectors()
        .add(
            RecordBuilder.of(
                    sector, SealProof.KIB_2_V1_1, new Randomness("ab".repeat(32), -892), commR)
                .build());
    Files.delete(fleet.store().resolve("cache/s-t07001-1").resolve("sc-02-data-tree-r-last.dat"));
    scan("healthy");
    assertThat(loss(1).path("repair").asText())
        .as("comm_c is not known")
        .isEqualTo("labelling, sealing of the sealed file");

    Commitment root = new Commitment("33".repeat(32));
    fleet
        .catalog()
        .roots()
        .<RuntimeException>keep(
            roots -> Optional.of(Cid.ofSealed(commR)),
            List.of(new SectorRoots(sector, commR, root, root, 1, "test")));
    scan("healthy");
    assertThat(loss(1).path("stores").asText()).isEqualTo("damaged");
    assertThat(loss(1).path("repair").asText())
        .startsWith("tree R of the sealed file, p_aux of the sealed file")
        .contains(", on ");
    assertThat(loss(1).path("missing")).as("it needs no pieces").isEmpty();
  }

  // Fails if a sector that lacks its record is started or left out of the batch, or one that can be
  // rebuilt is not started.
  @Test
  void theLostSectorsThatCanBeRebuiltBecomeABatch() throws Exception {
    for (int number : Set.of(4, 5)) {
      lose(number);
    }
    scan("healthy");
    fleet
        .catalog()
        .sectors()
        .add(
            RecordBuilder.of(
                    new SectorId(7001, 5),
                    SealProof.KIB_2_V1_1,
                    new Randomness("ab".repeat(32), -892),
                    commR(5))
                .build());

    Ask.Answer listed = ask.reseal("losses", "rebuild", MINER, "--dry-run");
    assertThat(listed.out().lines()).containsExactly("f07001/5");
    assertThat(listed.err()).contains("waits: f07001/4: its record");
    assertThat(fleet.catalog().batches().find("lost")).isEmpty();

    Ask.Answer started = ask.reseal("losses", "rebuild", MINER, "--name", "lost");
    assertThat(started.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(started.out()).contains("batch lost: started, 2 sectors");
    assertThat(fleet.catalog().batches().sectors("lost"))
        .containsExactly(new SectorId(7001, 5), new SectorId(7001, 4));
    assertThat(fleet.catalog().batches().losses("lost"))
        .hasSize(2)
        .allSatisfy(
            loss -> {
              assertThat(loss.verdict()).isEqualTo(Verdict.WILL_FAULT);
              assertThat(loss.wholeBy()).isLessThan(loss.faultAt());
              assertThat(loss.lastChance()).isGreaterThan(loss.faultAt());
            });
    assertThat(ask.reseal("batch", "state", "lost").out())
        .containsPattern("(?s)Not started for now:.*f07001/4: +its record");
    assertThat(ask.reseal("batch", "cancel", "lost").status()).isZero();

    store(4);
    store(5);
    scan("healthy");
    Path page = Files.createTempDirectory("report").resolve("report.html");
    assertThat(ask.reseal("batch", "report", "lost", "--html", page.toString()).status()).isZero();
    assertThat(page)
        .content()
        .as("what was lost stays known when a later scan finds nothing")
        .contains(
            "2 of the batch's 2 sectors", "will fault at the next proving", "its sealed file");
  }

  private String commR(long number) {
    AtomicReference<String> commR = new AtomicReference<>();
    fleet
        .catalog()
        .losses()
        .eachSector(
            7001,
            lastScan(),
            sector -> {
              if (sector.sector().number() == number) {
                commR.set(sector.commR());
              }
            });
    return commR.get();
  }

  // Fails if the schedule begins no scan, or cannot be ended.
  @Test
  void scansBeginByThemselves() {
    scan("healthy");
    long before = lastScan();

    assertThat(ask.reseal("losses", "scan", MINER, "--every", "6h").status()).isZero();
    Await.until("another scan has ended", () -> lastScan() > before);
    assertThat(ask.reseal("losses", "scan", MINER, "--every", "never").out())
        .contains("No more scans");
    assertThat(ask.reseal("losses", "scan", MINER, "--every", "never").out())
        .contains("No scans of f07001 began");
    assertThat(ask.reseal("losses", "scan", MINER, "--every", "5s").status())
        .isEqualTo(ExitStatus.USAGE);
  }

  private long lastScan() {
    return fleet.catalog().losses().latest(7001).orElseThrow().startedAt();
  }

  // Fails if a wrong miner ends in a stack trace, or as a miner without sectors.
  @Test
  void aMinerThatTheChainDoesNotKnow() {
    Ask.Answer answer = ask.reseal("losses", "scan", "f07002");

    assertThat(answer.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(answer.err()).contains("actor not found");
    assertThat(ask.reseal("losses", "f07002").status()).isEqualTo(ExitStatus.REFUSED);
  }
}
