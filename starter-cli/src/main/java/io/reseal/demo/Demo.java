package io.reseal.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.config.Installation;
import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.core.Operation;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.standin.SectorMaker;
import io.reseal.standin.SlowPieceStore;
import io.reseal.standin.Stages;
import io.reseal.standin.StandInException;
import io.reseal.temporal.TemporalConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes three sectors, loses their files, takes two real sectors' records in, rebuilds all five by
 * the commands an operator would give, and compares what came out with what was lost. The pieces of
 * one are in a slow piece store of its own, so that they come while PC1 runs. One loses only small
 * files, which are made again without sealing.
 */
public final class Demo implements AutoCloseable {

  private static final SectorId MADE_EMPTY = new SectorId(1001, 122);
  private static final SectorId MADE_WITH_DATA = new SectorId(1001, 123);

  private static final SectorId MADE_WHOLE_BUT_SMALL_FILES = new SectorId(1001, 124);

  private static final List<String> SMALL_FILES = List.of("p_aux", "sc-02-data-tree-r-last.dat");

  private static final int STORE_BLOCK = 64;
  private static final long STORE_PAUSE_MILLIS = 100;

  /** Runs a command of the program and returns its exit status. */
  public interface Program {
    int run(String... arguments);
  }

  private final Path home;
  private final Stages stages;
  private final Program reseal;
  private final Consumer<String> print;
  private final SlowPieceStore farStore;

  /**
   * Fails where the sealing core is not built.
   *
   * @param home directory of the embedded installation that asks {@link #pieceStore} and runs when
   *     {@link #run} is called
   */
  public Demo(Path home, Map<String, String> environment, Program reseal, Consumer<String> print)
      throws IOException {
    this.home = home;
    this.stages = new Stages(environment);
    this.reseal = reseal;
    this.print = print;
    this.farStore = new SlowPieceStore(home.resolve("far-pieces"), STORE_BLOCK, this::pace);
  }

  /** The address of the store with the pieces of one sector. */
  public String pieceStore() {
    return farStore.url();
  }

  /**
   * A few hundred bytes a second; the last of them go when PC1 has labels to show, so that both
   * stand beside each other in the timeline on a machine of any speed.
   */
  private void pace(long sent, long rest, long nanos) throws InterruptedException {
    do {
      TimeUnit.MILLISECONDS.sleep(STORE_PAUSE_MILLIS);
    } while (rest <= STORE_BLOCK && !Files.exists(layersRecord()));
  }

  private Path layersRecord() {
    return home.resolve("scratch/cache/%s/reseal-layers.json".formatted(MADE_WITH_DATA.fileName()));
  }

  /** Returns whether every rebuilt sector is identical to the lost one. */
  public boolean run() throws IOException {
    Installation installation = Installation.load(home, Map.of());
    try (Catalog catalog = Catalog.open(CatalogSettings.of(installation))) {
      List<LostSector> lost = new ArrayList<>(makeAndLose(catalog));
      lost.addAll(takeRealOnesIn(catalog));
      boolean rebuilt = rebuild();
      boolean same = compare(lost);
      boolean beside = rebuilt && besidePc1(installation, catalog);
      showPages(installation, catalog, lost);
      return rebuilt && same && beside;
    }
  }

  private List<LostSector> makeAndLose(Catalog catalog) throws IOException {
    title("Three sectors of miner f01001 are sealed with the real core");
    Path store = home.resolve("store");
    SectorMaker maker = new SectorMaker(stages, home.resolve("pieces"));
    // 256 bytes of filler after the first piece and 512 more before the second.
    List<Piece> data = List.of(maker.piece(256, 0), maker.piece(1024, 1024));
    List<LostSector> made = new ArrayList<>();
    made.add(
        lost(
            maker.seal(MADE_EMPTY, SealProof.KIB_2_V1_1, List.of(), store),
            store,
            "made here, empty"));
    made.add(
        lost(
            maker.seal(MADE_WITH_DATA, SealProof.KIB_2_V1_1, data, store),
            store,
            "made here, two pieces with a gap between"));
    made.add(
        withoutSmallFiles(
            lost(
                maker.seal(
                    MADE_WHOLE_BUT_SMALL_FILES,
                    SealProof.KIB_2_V1_1,
                    List.of(maker.piece(2048, 0)),
                    store),
                store,
                "made here, lost only p_aux and tree-r-last")));
    for (LostSector sector : made) {
      catalog.sectors().add(sector.record());
      print.accept("  %s  CommR %s".formatted(sector.record().id(), sector.record().commR()));
    }
    title("Their comm_c, which only sealing computes, is learned while they are healthy");
    command("sectors", "learn");
    title("Their files are deleted from the store " + store);
    print.accept(
        "  (This program keeps their bytes in memory, only for the comparison at the end.)");
    for (LostSector sector : made) {
      sector.kept().remove(store);
      sector.kept().files().keySet().forEach(file -> print.accept("  deleted " + file));
    }
    moveAway(data);
    return made;
  }

  private void moveAway(List<Piece> pieces) throws IOException {
    Path far = Files.createDirectories(home.resolve("far-pieces"));
    for (Piece piece : pieces) {
      Files.move(home.resolve("pieces").resolve(piece.cid()), far.resolve(piece.cid()));
    }
    print.accept(
        "  The %d pieces of %s are now available only from a slow piece store, %s."
            .formatted(pieces.size(), MADE_WITH_DATA, pieceStore()));
  }

  /** PC1 needs no data: whether it ran during the download. */
  private boolean besidePc1(Installation installation, Catalog catalog) {
    String run = catalog.runs().latest(MADE_WITH_DATA).orElseThrow().runId();
    boolean beside;
    try (TemporalConnection temporal =
        TemporalConnection.open(
            installation.temporal().address(), installation.temporal().namespace(), Map.of())) {
      beside =
          SideBySide.of(
              temporal.client().fetchHistory(Names.workflowId(MADE_WITH_DATA), run),
              "DownloadPieces",
              "PC1");
    }
    print.accept(
        beside
            ? "  %s  its pieces were downloaded while PC1 ran".formatted(MADE_WITH_DATA)
            : "  %s  PC1 WAITED for the pieces".formatted(MADE_WITH_DATA));
    return beside;
  }

  private static LostSector withoutSmallFiles(LostSector sector) {
    return new LostSector(
        sector.record(),
        sector.kept().onlyCached(sector.record().id(), SMALL_FILES),
        sector.story());
  }

  private static LostSector lost(SectorRecord record, Path store, String story) throws IOException {
    return new LostSector(record, KeptFiles.read(store, record.id()), story);
  }

  private List<LostSector> takeRealOnesIn(Catalog catalog) {
    title("Two sectors that real Lotus miners sealed are imported into the catalog");
    RealSectors.writePieces(home.resolve("pieces"));
    List<LostSector> sectors = new ArrayList<>();
    for (SectorId sector : RealSectors.all()) {
      Path record = RealSectors.writeRecord(sector, home);
      command(
          "util", "sealer", "sectors", "state", "import-json", record.toString(), "--really-do-it");
      sectors.add(
          new LostSector(
              catalog
                  .sectors()
                  .find(sector)
                  .orElseThrow(
                      () -> new StandInException("Sector " + sector + " was not imported.")),
              RealSectors.kept(sector),
              story(sector)));
    }
    return sectors;
  }

  private static String story(SectorId sector) {
    return "sealed by a Lotus miner, CommR from its chain; "
        + (RealSectors.kept(sector).files().isEmpty()
            ? "its files are not available"
            : "its files except t_aux, which contains a path on the miner's machine");
  }

  private boolean rebuild() {
    title("The lost sectors are rebuilt");
    int failed = 0;
    failed += command("util", "sealer", "sectors", "rebuild", "1001", "122", "123", "--wait");
    failed += command("util", "sealer", "sectors", "rebuild", "1001", "124", "--wait");
    failed += command("util", "sealer", "sectors", "rebuild", "1000", "2", "--wait");
    failed += command("util", "sealer", "sectors", "rebuild", "1001", "3", "--wait");
    return failed == 0;
  }

  private int command(String... arguments) {
    print.accept("");
    print.accept("$ reseal " + String.join(" ", arguments));
    return reseal.run(arguments);
  }

  private boolean compare(List<LostSector> sectors) throws IOException {
    title("What was rebuilt, compared with what was lost");
    Path store = home.resolve("store");
    boolean same = true;
    for (LostSector sector : sectors) {
      print.accept("  %s  %s".formatted(sector.record().id(), sector.story()));
      same &= compareCommR(store, sector.record());
      for (KeptFiles.Comparison file : sector.kept().compare(store)) {
        print.accept(
            "    %-44s %5d bytes  %s".formatted(file.file(), file.bytes(), file.outcome()));
        same &= file.outcome() == KeptFiles.Outcome.identical;
      }
    }
    return same;
  }

  /** Checks that the stored copy answers a PoSt challenge for the recorded CommR. */
  private boolean compareCommR(Path store, SectorRecord sector) {
    ObjectNode request =
        Stages.request()
            .put("proof", sector.proof().toString())
            .put("miner", sector.id().miner())
            .put("number", sector.id().number())
            .put("comm_r", Cid.ofSealed(sector.commR()).hex())
            .put("sealed", store.resolve(KeptFiles.sealed(sector.id())).toString())
            .put("cache", store.resolve("cache/" + sector.id().fileName()).toString());
    try {
      stages.run(Operation.POST_CHECK, request);
      print.accept("    CommR %s  as recorded, proven".formatted(sector.commR()));
      return true;
    } catch (StandInException e) {
      print.accept("    CommR %s  NOT CONFIRMED: %s".formatted(sector.commR(), e.getMessage()));
      return false;
    }
  }

  private void showPages(Installation installation, Catalog catalog, List<LostSector> sectors) {
    title("Each rebuild in Temporal's Web UI");
    for (LostSector sector : sectors) {
      SectorId id = sector.record().id();
      catalog
          .runs()
          .latest(id)
          .ifPresent(run -> print.accept("  %-12s %s".formatted(id, page(installation, run))));
    }
  }

  private static String page(Installation installation, RunRecord run) {
    return "%s/namespaces/%s/workflows/%s/%s"
        .formatted(
            installation.temporal().ui().orElse("(no Web UI)"),
            installation.temporal().namespace(),
            run.workflowId(),
            run.runId());
  }

  @Override
  public void close() {
    farStore.close();
  }

  private void title(String text) {
    print.accept("");
    print.accept("== " + text);
  }
}
