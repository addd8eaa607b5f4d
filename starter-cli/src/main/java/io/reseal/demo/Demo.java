package io.reseal.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.catalog.SectorRecord;
import io.reseal.config.Installation;
import io.reseal.contract.RunRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes two sectors, loses their files, takes two real sectors' records in, rebuilds all four by
 * the commands an operator would give, and compares what came out with what was lost.
 */
public final class Demo {

  private static final SectorId MADE_EMPTY = new SectorId(1001, 122);
  private static final SectorId MADE_WITH_DATA = new SectorId(1001, 123);

  /** Runs a command of the program and gives its exit status. */
  public interface Program {
    int run(String... arguments);
  }

  private final Path home;
  private final Stages stages;
  private final Program reseal;
  private final Consumer<String> print;

  /**
   * Fails where the sealing core is not built.
   *
   * @param home directory of the embedded installation that runs when {@link #run} is called
   */
  public Demo(Path home, Map<String, String> environment, Program reseal, Consumer<String> print) {
    this.home = home;
    this.stages = new Stages(environment);
    this.reseal = reseal;
    this.print = print;
  }

  /** Removes the directory of a demo that is over. */
  public static void remove(Path home) throws IOException {
    Directories.remove(home);
  }

  /** Whether every sector came back as it was. */
  public boolean run() throws IOException {
    Installation installation = Installation.load(home, Map.of());
    try (Catalog catalog = Catalog.open(CatalogSettings.of(installation))) {
      List<LostSector> lost = new ArrayList<>(makeAndLose(catalog));
      lost.addAll(takeRealOnesIn(catalog));
      boolean rebuilt = rebuild();
      boolean same = compare(lost);
      showPages(installation, catalog, lost);
      return rebuilt && same;
    }
  }

  private List<LostSector> makeAndLose(Catalog catalog) throws IOException {
    title("Two sectors of miner f01001 are sealed with the real core");
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
    for (LostSector sector : made) {
      catalog.sectors().add(sector.record());
      print.accept("  %s  CommR %s".formatted(sector.record().id(), sector.record().commR()));
    }
    title("Their files are deleted from the store " + store);
    print.accept(
        "  (Their bytes stay in this program's memory, for the comparison at the end only.)");
    for (LostSector sector : made) {
      sector.kept().remove(store);
      sector.kept().files().keySet().forEach(file -> print.accept("  deleted " + file));
    }
    return made;
  }

  private static LostSector lost(SectorRecord record, Path store, String story) throws IOException {
    return new LostSector(record, KeptFiles.read(store, record.id()), story);
  }

  private List<LostSector> takeRealOnesIn(Catalog catalog) {
    title("Two sectors that real Lotus miners sealed are taken into the catalog");
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
                  .orElseThrow(() -> new DemoException("Sector " + sector + " was not taken in.")),
              RealSectors.kept(sector),
              story(sector)));
    }
    return sectors;
  }

  private static String story(SectorId sector) {
    return "sealed by a Lotus miner, CommR of its chain; "
        + (RealSectors.kept(sector).files().isEmpty()
            ? "its files are not at hand"
            : "its files but t_aux, which holds a path of the miner's");
  }

  private boolean rebuild() {
    title("The lost sectors are brought back");
    int failed = 0;
    failed += command("util", "sealer", "sectors", "rebuild", "1001", "122", "123", "--wait");
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
    title("What came back, compared with what was lost");
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

  /** The stored copy answers a PoSt challenge for the recorded CommR. */
  private boolean compareCommR(Path store, SectorRecord sector) {
    ObjectNode request =
        Stages.JSON
            .createObjectNode()
            .put("proof", sector.proof().toString())
            .put("miner", sector.id().miner())
            .put("number", sector.id().number())
            .put("comm_r", Cid.ofSealed(sector.commR()).hex())
            .put("sealed", store.resolve(KeptFiles.sealed(sector.id())).toString())
            .put("cache", store.resolve("cache/" + sector.id().fileName()).toString());
    try {
      var unused = stages.run("post_check", request);
      print.accept("    CommR %s  as recorded, proven".formatted(sector.commR()));
      return true;
    } catch (DemoException e) {
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

  private void title(String text) {
    print.accept("");
    print.accept("== " + text);
  }
}
