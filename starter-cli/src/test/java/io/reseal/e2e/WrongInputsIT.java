package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.files.Scratch;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.intake.Intake;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Piece;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Wrong inputs and hosts that cannot: the rebuild parks, says why, and has touched nothing. */
@ExtendWith(FleetExtension.class)
@Timeout(120)
class WrongInputsIT {

  private final Fleet fleet;
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;

  WrongInputsIT(Fleet fleet, Lab lab, Ask ask, Runs runs) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
  }

  @Test
  void pieceWithOneFlippedBitParksNamingItAndFinishesWhenMended() throws Exception {
    Piece piece = lab.piece(1024, 0);
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1, piece);
    Path file = fleet.pieces().resolve(piece.cid());
    byte[] right = Files.readAllBytes(file);
    byte[] wrong = right.clone();
    wrong[500] ^= 0x10;
    Files.write(file, wrong);
    ask.rebuild(sector);
    RunRecord run = runs.awaitParked(sector);
    assertThat(run.attention())
        .startsWith("Sector.PieceMismatch: ")
        .contains(piece.cid(), file.toString());
    assertThat(lab.stored(sector)).isEmpty();
    Files.write(file, right);
    assertThat(ask.sectors("resume", sector).status()).isZero();
    Ask.Answer answer = ask.sectors("rebuild", sector, "--wait");
    assertThat(answer.status()).as(answer.toString()).isZero();
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
  }

  @Test
  void missingPieceParksAndNamesWhereItWasLookedFor() throws Exception {
    Piece piece = lab.piece(1024, 0);
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1, piece);
    Path file = fleet.pieces().resolve(piece.cid());
    Files.delete(file);
    ask.rebuild(sector);
    assertThat(runs.awaitParked(sector).attention())
        .startsWith("Sector.PieceMissing: ")
        .contains(piece.cid(), file.toString());
  }

  @Test
  void pieceThatIsShortParksAndNamesIt() throws Exception {
    Piece piece = lab.piece(1024, 0);
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1, piece);
    Path file = fleet.pieces().resolve(piece.cid());
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 500));
    ask.rebuild(sector);
    assertThat(runs.awaitParked(sector).attention())
        .startsWith("Sector.PieceMismatch: ")
        .contains(piece.cid());
  }

  @Test
  void wrongRecordedCommRParksWithNothingPersistedAndTheOlderCopyUntouched() throws Exception {
    LostSector sector = lab.loseUnrecorded(SealProof.KIB_2_V1_1);
    LostSector other = lab.loseUnrecorded(SealProof.KIB_2_V1_1);
    fleet.catalog().sectors().add(with(sector, other.record().commR(), sector.record().commD()));
    String name = sector.id().fileName();
    Path sealed = Files.createDirectories(fleet.store().resolve("sealed"));
    Files.writeString(sealed.resolve(name), "the older copy");
    Map<String, String> before = LostSector.tree(fleet.store(), fleet.store());
    ask.rebuild(sector);
    assertThat(runs.awaitParked(sector).attention())
        .startsWith("Sector.CommRMismatch: ")
        .contains("has computed the same CommR before, so the hosts compute rightly");
    Map<String, String> after = LostSector.tree(fleet.store(), fleet.store());
    // It keeps its room in the store while it is parked.
    assertThat(after.keySet().removeIf(file -> file.startsWith(".reseal/reserved/"))).isTrue();
    before.keySet().removeIf(file -> file.startsWith(".reseal/reserved/"));
    assertThat(after).isEqualTo(before);
  }

  // Catches: a worker whose lines of JSON do not name what they are about.
  @Test
  void aStepThatFailsIsLoggedWithItsSectorHostAndStep() throws Exception {
    LostSector sector = lab.loseUnrecorded(SealProof.KIB_2_V1_1);
    LostSector other = lab.loseUnrecorded(SealProof.KIB_2_V1_1);
    fleet.catalog().sectors().add(with(sector, other.record().commR(), sector.record().commD()));
    ask.rebuild(sector);
    runs.awaitParked(sector);

    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(fleet.home().resolve("logs/worker-b.log"))) {
      // Java itself notes there which options it took from the environment.
      if (!line.startsWith("NOTE: Picked up")) {
        lines.add(new ObjectMapper().readTree(line).path("mdc"));
      }
    }
    assertThat(lines)
        .anySatisfy(
            fields -> {
              assertThat(fields.path("sector").asText()).isEqualTo(sector.id().toString());
              assertThat(fields.path("host").asText()).isEqualTo(Fleet.HOST_B);
              assertThat(fields.path("step").asText()).isEqualTo("check sealed");
              assertThat(fields.path("run").asText()).isNotEmpty();
            });
    assertThat(ask.sectors("abort", sector).status()).isZero();
  }

  // Catches: layers that are kept although they may have been computed wrongly.
  @Test
  void resumingAfterAWrongCommRMakesAllLayersAgain() throws Exception {
    LostSector sector = lab.loseUnrecorded(SealProof.KIB_2_V1_1);
    LostSector other = lab.loseUnrecorded(SealProof.KIB_2_V1_1);
    fleet.catalog().sectors().add(with(sector, other.record().commR(), sector.record().commD()));
    ask.rebuild(sector);
    runs.awaitParked(sector);
    lab.record(sector.record());
    assertThat(ask.sectors("resume", sector).status()).isZero();
    runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(runs.changes(sector))
        .filteredOn(change -> change.step().equals("PC1"))
        .hasSizeGreaterThanOrEqualTo(2)
        .noneMatch(change -> change.note().contains("kept from before"));
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
  }

  // Catches: hours of sealing for a record whose pieces do not give its CommD.
  @Test
  void wrongRecordedCommDIsRefusedBeforeAnythingIsSealed() throws Exception {
    LostSector sector = lab.loseUnrecorded(SealProof.KIB_2_V1_1, lab.piece(256, 0));
    LostSector other = lab.loseUnrecorded(SealProof.KIB_2_V1_1, lab.piece(256, 0));
    fleet.catalog().sectors().add(with(sector, sector.record().commR(), other.record().commD()));
    Ask.Answer refused = ask.sectors("rebuild", sector);
    assertThat(refused.status()).as(refused.toString()).isEqualTo(4);
    assertThat(refused.err())
        .contains("The record of sector %s cannot be right.".formatted(sector.id()), "they give");
    assertThat(runs.run(sector)).isEmpty();
  }

  /** The layers of the first attempt lie in scratch when the second one begins (H1). */
  @Test
  void layersOfAnotherTicketInScratchDoNotGetIntoTheSector() throws Exception {
    LostSector sector = lab.loseUnrecorded(SealProof.KIB_2_V1_1);
    SectorRecord right = sector.record();
    fleet
        .catalog()
        .sectors()
        .add(RecordBuilder.of(right).source("test").ticket(lab.ticket()).withoutSeed().build());
    ask.rebuild(sector);
    assertThat(runs.awaitParked(sector).attention()).startsWith("Sector.CommRMismatch: ");
    assertThat(lab.scratchFiles(sector))
        .anyMatch(path -> path.getFileName().toString().contains("data-layer-1"));
    lab.record(right);
    assertThat(ask.sectors("resume", sector).status()).isZero();
    runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
  }

  // Seen to fail: with a claim that takes whatever lies at the sector's paths.
  @Test
  void foreignFilesInTheScratchLocationParkAndStay() throws Exception {
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1);
    List<Path> foreign = new ArrayList<>();
    for (String host : Fleet.HOSTS) {
      Path dir = Files.createDirectories(fleet.scratch(host).resolve("sealed"));
      foreign.add(Files.writeString(dir.resolve(sector.id().fileName()), "another program's"));
    }
    ask.rebuild(sector);
    assertThat(runs.awaitParked(sector).attention())
        .startsWith("Config.Invalid: ")
        .contains("are not Reseal's");
    assertThat(ask.sectors("abort", sector).status()).isZero();
    for (Path file : foreign) {
      assertThat(file).hasContent("another program's");
      Files.delete(file);
    }
  }

  // Seen to fail: with a store that is not tried before it is chosen.
  @Test
  void storeThatCannotBeWrittenToKeepsTheSectorInTheQueueAndSaysSo() throws Exception {
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1);
    Path own = fleet.store().resolve(".reseal");
    Path aside = fleet.store().resolveSibling("aside");
    // It keeps its identity; one without would be refused for that.
    Path policy =
        Files.writeString(
            fleet.store().resolve("sectorstore.json"),
            "{\"ID\":\"%s\"}".formatted(Files.readString(own.resolve("store-id")).strip()));
    Files.move(own, aside);
    // Permissions would not keep root out; a file where a directory has to be does.
    Files.writeString(own, "");
    try {
      ask.rebuild(sector);
      assertThat(awaitWaitsForAStore(sector)).contains("cannot be written to");
      assertThat(lab.stored(sector)).isEmpty();
    } finally {
      Files.delete(own);
      Files.move(aside, own);
      Files.delete(policy);
    }
    runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
  }

  /**
   * All files of a sector of 64 GiB are there by size, so that a repair is likely; but they are
   * empty, so that all has to be sealed, which takes more room than a test's disk has.
   */
  // Catches: a sector that fills its disk, because only room for a repair was promised to it.
  @Test
  void whatIsMoreThanARepairWaitsForRoomInScratch() throws Exception {
    LostSector small = lab.loseUnrecorded(SealProof.KIB_2_V1_1);
    SectorRecord large =
        RecordBuilder.of(small.record())
            .source("test")
            .withoutSeed()
            .with(Fact.PROOF_TYPE, SealProof.GIB_64_V1_1)
            .without(Fact.COMM_D)
            .build();
    SectorKind kind = new SectorKind(large.proof(), false);
    long needed = Scratch.requiredBytes(kind);
    for (String host : Fleet.HOSTS) {
      assumeTrue(Files.getFileStore(fleet.scratch(host)).getUsableSpace() < needed);
    }
    fleet.catalog().sectors().add(large);
    SectorFiles files = new SectorFiles(fleet.store(), large.id());
    for (SectorFiles.Kept kept : files.kept(kind)) {
      Files.createDirectories(kept.path().getParent());
      try (RandomAccessFile file = new RandomAccessFile(kept.path().toFile(), "rw")) {
        file.setLength(kept.size().orElse(300));
      }
    }
    try {
      ask.rebuild(small);
      RunRecord run =
          Await.value(
              "the rebuild waits for room",
              () ->
                  runs.run(small)
                      .filter(now -> now.lastError() != null)
                      .filter(now -> now.lastError().startsWith("Host.ScratchShort: ")));
      assertThat(run.lastError()).contains("bytes free, of about %d needed".formatted(needed));
      assertThat(run.state()).isEqualTo(RebuildState.ALLOCATED);
      assertThat(run.attention()).isNull();
    } finally {
      ask.sectors("abort", small);
      for (SectorFiles.Kept kept : files.kept(kind)) {
        Files.delete(kept.path());
      }
      // What is left of a copy would be rebuilt by itself, in the place of another test's.
      Files.delete(files.cacheDir());
      fleet.catalog().copies().of(large.id()).forEach(fleet.catalog().copies()::forget);
    }
  }

  /** The reason why a rebuild that has not begun waits in the queue, as lists show it. */
  private String awaitWaitsForAStore(LostSector sector) {
    RunRecord run =
        Await.value(
            "the rebuild waits for a store",
            () ->
                runs.run(sector)
                    .filter(now -> now.lastError() != null)
                    .filter(now -> now.lastError().startsWith("Host.NoStore: ")));
    assertThat(run.state()).isEqualTo(RebuildState.EMPTY);
    assertThat(run.attention()).isNull();
    return run.lastError();
  }

  // Catches: a sector that is sealed for hours before it turns out that no store can take it.
  @Test
  void storeWithoutSpaceKeepsTheSectorInTheQueueAndSaysHowMuchIsNeeded() throws Exception {
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1);
    Path policy = fleet.store().resolve("sectorstore.json");
    Files.writeString(policy, "{\"CanStore\": true, \"MaxStorage\": 100}");
    try {
      ask.rebuild(sector);
      assertThat(awaitWaitsForAStore(sector))
          .contains("sectorstore.json limits it to 100 bytes", "more are needed");
      assertThat(lab.stored(sector)).isEmpty();
    } finally {
      Files.delete(policy);
    }
    runs.awaitState(sector, RebuildState.FINISHED);
    lab.awaitNoScratch(sector);
    Await.until(
        "nothing is reserved any more",
        () -> {
          try (var reserved = Files.list(fleet.store().resolve(".reseal/reserved"))) {
            return reserved.findAny().isEmpty();
          } catch (IOException e) {
            return false;
          }
        });
  }

  // Catches: other inputs that are not named, layers that are made one after the other or twice, a
  // wrong replica that is stored, and a record that stays wrong.
  @Test
  void otherInputsAreNamedTriedTogetherAndKeptIfTheyGiveTheCommR() throws Exception {
    LostSector sector = lab.loseUnrecorded(SealProof.KIB_2_V1_1, lab.piece(1024, 0));
    SectorRecord right = sector.record();
    fleet
        .catalog()
        .sectors()
        .add(RecordBuilder.of(right).source("a log").ticket(lab.ticket()).withoutSeed().build());
    Intake intake = new Intake(fleet.catalog().findings());
    intake.add(ticket(sector, "b log", lab.ticket().value()));
    intake.add(ticket(sector, "c log", right.ticket().value()));
    ask.rebuild(sector);

    assertThat(runs.awaitParked(sector).attention())
        .contains(
            "Other inputs, the likeliest first: (1) the ticket of 'b log'",
            "(2) the ticket of 'c log' (that source differs from the record)",
            "To try them: reseal sectors resume ");
    assertThat(ask.sectors("resume", sector, "--candidates", "4").status()).isZero();
    runs.awaitState(sector, RebuildState.FINISHED);

    assertThat(lab.stored(sector)).isEqualTo(sector.files());
    assertThat(runs.changes(sector))
        .filteredOn(change -> change.step().equals("PC1"))
        .extracting(StateChange::note)
        .endsWith(
            "2 layers, and those of 1 of 1 other inputs", "2 layers, 2 of them kept from before");
    assertThat(runs.changes(sector))
        .anyMatch(
            change ->
                change.note() != null
                    && change.note().contains("candidate 3 of 4, the ticket of 'c log'"));
    assertThat(fleet.catalog().sectors().find(sector.id()).orElseThrow().ticket().value())
        .isEqualTo(right.ticket().value());
    lab.awaitNoScratch(sector, file -> file.toString().contains("candidates"));
  }

  private static Findings ticket(LostSector sector, String source, String ticket) {
    return new Findings(sector.id(), source, Facts.builder().put(Fact.TICKET, ticket).build());
  }

  private static SectorRecord with(LostSector sector, String commR, String commD) {
    return RecordBuilder.of(sector.record())
        .source("test")
        .withoutSeed()
        .with(Fact.COMM_D, commD)
        .with(Fact.COMM_R, commR)
        .build();
  }
}
