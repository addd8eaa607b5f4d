package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.catalog.ThreadRow;
import io.reseal.contract.StateChange;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Piece;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.temporal.api.enums.v1.EventType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Sectors that are labelled together, for real: one host with four threads and one core to label
 * on, and one layer of each sector in memory. Whom a sector was labelled with is what its step
 * reports.
 */
@ExtendWith(FleetExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class GroupsIT {

  private static final String HOST = Fleet.HOST_A;
  private static final int THREADS = 4;

  private final Fleet fleet;
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;
  private final Stops stops;
  private final List<Path> scratch = new ArrayList<>();
  private String before;

  GroupsIT(Fleet fleet, Lab lab, Ask ask, Runs runs, Stops stops) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
    this.stops = stops;
  }

  @BeforeAll
  void fourThreadsOnOneCore() throws IOException {
    before = Files.readString(fleet.workerFile());
    StringBuilder text =
        new StringBuilder(
            before
                .replaceFirst("(?m)^# cores = .*$", "cores = 1")
                .replaceFirst("(?m)^# layers_in_memory = .*$", "layers_in_memory = 1")
                .replaceFirst("(?m)^# gather = .*$", "gather = \"2m\""));
    scratch.add(fleet.scratch(HOST));
    for (int i = 1; i < THREADS; i++) {
      Path location = fleet.scratch(HOST).resolveSibling("scratch-group-" + i);
      scratch.add(Files.createDirectories(location));
      text.append(
          "\n[[sealing_thread]]\nlocation = \"%s\"\nplan = \"rebuild\"\n".formatted(location));
    }
    restart(text.toString());
  }

  @AfterAll
  void oneThread() throws IOException {
    restart(before);
  }

  private void restart(String workerFile) throws IOException {
    fleet.worker(HOST).terminate(Await.LIMIT);
    Files.writeString(fleet.workerFile(), workerFile);
    fleet.startWorker(HOST);
  }

  /** Fails when each sector gets a process of its own, or one is labelled with wrong labels. */
  @Test
  void aBatchOnOneCoreIsLabelledInOneGroup() throws Exception {
    List<LostSector> lost = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      lost.add(lab.lose(SealProof.KIB_2_V1_1));
    }
    List<LockedFile> locks = Stops.holdUp(lost, scratch);
    Ask.Answer started =
        ask.reseal(
            "rebuild",
            "1001",
            "%s-%s".formatted(lost.get(0).number(), lost.get(THREADS - 1).number()),
            "--name",
            "together",
            "--host",
            HOST);
    assertThat(started.status()).as(started.toString()).isZero();
    awaitHeld(lost);
    locks.forEach(LockedFile::close);
    for (LostSector sector : lost) {
      Await.until(
          "a run of " + sector.id() + " is recorded",
          () -> fleet.catalog().runs().latest(sector.id()).isPresent());
      runs.follow(sector.id());
      runs.awaitState(sector, RebuildState.FINISHED);
      assertThat(labelled(sector)).isEqualTo("2 layers, labelled together with 3 others");
      assertThat(lab.stored(sector)).isEqualTo(sector.files());
    }
  }

  /**
   * Of a batch of unseals, two sectors have only their sealed files left, one has its pieces, and
   * one has neither.
   */
  // Catches: a sector without a way that keeps the others from their end; labels that are made for
  // one sector after the other.
  @Test
  void aBatchOfUnsealsIsLabelledInOneGroupAndOneWithoutAWayStopsNobody() throws Exception {
    List<Piece> pieces = new ArrayList<>();
    List<LostSector> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Piece piece = lab.piece(1024, 0);
      pieces.add(piece);
      all.add(lab.lose(SealProof.KIB_2_V1_1, piece));
    }
    List<byte[]> data = new ArrayList<>();
    for (Piece piece : pieces) {
      data.add(data(piece));
    }
    List<LostSector> labels = all.subList(0, 2);
    LostSector withPieces = all.get(2);
    LostSector without = all.get(3);
    for (LostSector sector : all.subList(0, 3)) {
      sector.putInto(fleet.store());
    }
    Path lost = fleet.pieces().resolve(pieces.get(3).cid());
    byte[] lostPiece = Files.readAllBytes(lost);
    for (int i : new int[] {0, 1, 3}) {
      Files.delete(fleet.pieces().resolve(pieces.get(i).cid()));
    }
    List<LockedFile> locks = Stops.holdUp(labels, scratch);

    Ask.Answer started =
        ask.reseal(
            "sectors",
            "unseal",
            "1001",
            "%s-%s".formatted(all.get(0).number(), without.number()),
            "--name",
            "unseals",
            "--host",
            HOST);
    assertThat(started.status()).as(started.toString()).isZero();
    awaitHeld(labels);
    locks.forEach(LockedFile::close);
    for (LostSector sector : all.subList(0, 3)) {
      Await.until(
          "a run of " + sector.id() + " is recorded",
          () -> fleet.catalog().runs().latest(sector.id()).isPresent());
      runs.follow(sector.id());
      runs.awaitState(sector, RebuildState.FINISHED);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(unsealed(all.get(i))).isEqualTo(data.get(i));
      assertThat(lab.stored(all.get(i))).containsAllEntriesOf(all.get(i).files());
    }
    for (LostSector sector : labels) {
      assertThat(labelled(sector)).isEqualTo("2 layers, labelled together with 1 other");
    }
    assertThat(labelled(withPieces)).isNull();
    Await.until("the last one is parked", () -> unseals().at("/counts/parked").asInt() == 1);
    assertThat(unseals().at("/counts/finished").asInt()).isEqualTo(3);
    assertThat(unseals().at("/parked/0/why").asText())
        .startsWith("Sector.PieceMissing")
        .contains(pieces.get(3).cid());

    Files.write(lost, lostPiece);
    assertThat(ask.reseal("batch", "retry-parked", "unseals").status()).isZero();
    runs.follow(without.id());
    runs.awaitState(without, RebuildState.FINISHED);
    assertThat(unsealed(without)).isEqualTo(data.get(3));
    assertThat(lab.stored(without).keySet()).containsExactly("unsealed/" + without.id().fileName());
    Await.until(
        "the batch has finished", () -> unseals().at("/batch/state").asText().equals("finished"));
  }

  private JsonNode unseals() {
    try {
      return new ObjectMapper()
          .readTree(ask.reseal("batch", "state", "unseals", "--output", "json").out());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The data of a sector with this piece alone, padded. */
  private byte[] data(Piece piece) throws IOException {
    Path file = Files.createTempDirectory("data").resolve("padded");
    lab.maker().assemble(SealProof.KIB_2_V1_1, List.of(piece), file);
    return Files.readAllBytes(file);
  }

  private byte[] unsealed(LostSector sector) throws IOException {
    Path copy = fleet.store().resolve("unsealed").resolve(sector.id().fileName());
    return Arrays.copyOf(Files.readAllBytes(copy), 2048);
  }

  /** Fails when a worker that was killed labels again what is finished, or each by itself. */
  @Test
  void aWorkerKilledWhileItLabelsAGroupLabelsItTogetherAgainFromTheLastLayers() throws Exception {
    List<LostSector> pair = askForPair();
    Stops.Frozen frozen = stops.freezeInSecondLayer(pair.get(0), HOST, scratch);
    fleet.worker(HOST).kill();
    frozen.thaw();
    Await.until("the orphan ends by itself", () -> !frozen.stage().isAlive());
    fleet.startWorker(HOST);
    for (LostSector sector : pair) {
      Await.until(sector.id() + " is labelled", () -> labelled(sector) != null);
      assertThat(labelled(sector))
          .isEqualTo("2 layers, 1 of them kept from before, labelled together with 1 other");
    }
    assertThat(ask.sectors("abort", pair.get(1)).status()).isZero();
    runs.awaitState(pair.get(0), RebuildState.FINISHED);
    assertThat(lab.stored(pair.get(0))).isEqualTo(pair.get(0).files());
  }

  /** Fails when an abort ends the process of the whole group, or leaves files behind. */
  @Test
  void oneThatIsAbortedLeavesItsGroupAndTheOthersGoOn() throws Exception {
    List<LostSector> pair = askForPair();
    Stops.Frozen frozen = stops.freezeInSecondLayer(pair.get(0), HOST, scratch);
    Await.until("the list shows the group", this::isGroupListed);
    // A process that stands still cannot let the sector leave before it goes on.
    CompletableFuture<Ask.Answer> abort =
        CompletableFuture.supplyAsync(() -> ask.sectors("abort", pair.get(1)));
    Await.until("PC1 is to be cancelled", () -> isCancelRequested(pair.get(1)));
    frozen.thaw();
    assertThat(abort.get().status()).isZero();
    runs.awaitState(pair.get(1), RebuildState.ABORTED);
    runs.awaitState(pair.get(0), RebuildState.FINISHED);
    assertThat(step(pair.get(0)).attempts()).isEqualTo(1);
    assertThat(labelled(pair.get(0))).isEqualTo("2 layers, labelled together with 1 other");
    assertThat(lab.stored(pair.get(0))).isEqualTo(pair.get(0).files());
    Await.until("the scratch of " + pair.get(1).id() + " is gone", () -> !hasScratch(pair.get(1)));
  }

  private boolean isGroupListed() {
    return Pattern.compile("(?m)^labelling on CPU \\d+: s-t0\\S+( layer \\d of 2)?, s-t0")
        .matcher(ask.reseal("worker", "-c", fleet.workerFile().toString(), "list").out())
        .find();
  }

  /** The library labels each sector by itself. */
  @Test
  void stockLabelsAloneAndTheSameLayers() throws Exception {
    String together = Files.readString(fleet.workerFile());
    restart(together.replaceFirst("(?m)^# sdr = .*$", "sdr = \"stock\""));
    try {
      LostSector sector = lab.lose(SealProof.KIB_2_V1_1);
      ask.rebuild(sector, "--host", HOST);
      runs.awaitState(sector, RebuildState.FINISHED);
      assertThat(labelled(sector)).isEqualTo("2 layers");
      assertThat(lab.stored(sector)).isEqualTo(sector.files());
    } finally {
      restart(together);
    }
  }

  /** Two sectors whose layers take a while, asked for at the same time. */
  private List<LostSector> askForPair() throws Exception {
    LostSector first = lab.bigOne();
    LostSector second = likeIt(first);
    List<LostSector> pair = List.of(first, second);
    List<LockedFile> locks = Stops.holdUp(pair, scratch);
    for (LostSector sector : pair) {
      ask.rebuild(sector, "--host", HOST);
    }
    awaitHeld(pair);
    locks.forEach(LockedFile::close);
    return pair;
  }

  /** Another one of its inputs, which is dropped before anybody compares what becomes of it. */
  private LostSector likeIt(LostSector sector) {
    SectorRecord other =
        RecordBuilder.of(sector.record()).id(lab.nextSector()).source("test").withoutSeed().build();
    fleet.catalog().sectors().add(other);
    return new LostSector(other, Map.of());
  }

  private void awaitHeld(List<LostSector> sectors) {
    List<SectorId> ids = sectors.stream().map(LostSector::id).toList();
    Await.until(
        ids + " have sealing threads",
        () ->
            fleet.threads(HOST).stream()
                .map(ThreadRow::sector)
                .filter(Objects::nonNull)
                .toList()
                .containsAll(ids));
  }

  private String labelled(LostSector sector) {
    return runs.changes(sector).stream()
        .filter(change -> change.step().equals("PC1"))
        .map(StateChange::note)
        .findFirst()
        .orElse(null);
  }

  private StateChange step(LostSector sector) {
    return runs.changes(sector).stream()
        .filter(change -> change.step().equals("PC1"))
        .findFirst()
        .orElseThrow();
  }

  private boolean isCancelRequested(LostSector sector) {
    return runs.history(sector).getEvents().stream()
        .anyMatch(
            event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED);
  }

  private boolean hasScratch(LostSector sector) {
    return scratch.stream()
        .anyMatch(
            location -> {
              try (Stream<Path> tree = Files.walk(location)) {
                // The test's own locks lie in locations of threads that never had the sector.
                return tree.map(Path::toString)
                    .anyMatch(
                        path -> path.contains(sector.id().fileName()) && !path.endsWith(".lock"));
              } catch (IOException | UncheckedIOException e) {
                return true;
              }
            });
  }
}
