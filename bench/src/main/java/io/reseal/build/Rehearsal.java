package io.reseal.build;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.cli.ConsoleScreen;
import io.reseal.cli.Reseal;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Surroundings;
import io.reseal.config.Installation;
import io.reseal.contract.RunRecord;
import io.reseal.demo.Demo;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.reseal.standin.Directories;
import io.reseal.up.EmbeddedCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Runs the commands that people use most on a small catalog, so that the JVM loads and lists the
 * classes that they need.
 */
public final class Rehearsal {

  private static final SectorId SECTOR = new SectorId(1000, 2);

  private static final List<String> COMMANDS =
      List.of(
          "sectors list",
          "sectors list --output json",
          "sectors list --rebuild --sealing=false",
          "sectors list --offline --rebuild --sealing=false",
          "sectors state 1000 2",
          "sectors state --offline 1000 2",
          "sectors history 1000 2",
          "util worker list",
          "batch list");

  private final Path home;

  private Rehearsal(Path home) {
    this.home = home;
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("reseal-rehearsal-");
    try (EmbeddedCatalog catalog = EmbeddedCatalog.start(directory, System.getenv())) {
      Rehearsal rehearsal = new Rehearsal(catalog.home());
      rehearsal.fill();
      COMMANDS.forEach(command -> rehearsal.run(command.split(" ")));
    } finally {
      Directories.remove(directory);
    }
  }

  private void fill() throws IOException {
    Path record = home.resolve("sector.json");
    try (InputStream sector = Demo.class.getResourceAsStream("lotus-t01000-2.json")) {
      Files.copy(sector, record);
    }
    run("sectors", "state", "import-json", record.toString(), "--really-do-it");
    CatalogSettings settings = CatalogSettings.of(Installation.load(home, Map.of()));
    try (Catalog catalog = Catalog.open(settings)) {
      catalog.runs().record(rebuild("ended", RebuildState.FINISHED, 2L), List.of());
      catalog.runs().record(rebuild("open", RebuildState.PC1_DONE, null), List.of());
    }
  }

  private static RunRecord rebuild(String runId, RebuildState state, Long endedAt) {
    return new RunRecord(
        runId,
        "rehearsal",
        SECTOR,
        state,
        "nobody",
        0,
        1,
        2,
        endedAt,
        1,
        null,
        null,
        null,
        null,
        "rehearsal");
  }

  private void run(String... command) {
    PrintWriter nowhere =
        new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int status =
        Reseal.run(
            new Surroundings(
                nowhere, err, Map.of("RESEAL_HOME", home.toString()), new ConsoleScreen()),
            command);
    if (status != ExitStatus.DONE) {
      throw new IllegalStateException(
          "The command %s ended with status %d.".formatted(String.join(" ", command), status));
    }
  }
}
