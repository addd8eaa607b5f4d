package io.reseal.cli.sectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CatalogSettings;
import io.reseal.cli.Homes;
import io.reseal.cli.Terminal;
import io.reseal.cli.Terminal.Result;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.core.CoreFiles;
import io.reseal.core.NativeCore;
import io.reseal.record.Fact;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sectors learn}, {@code export-roots} and {@code import-roots} on a real MariaDB. */
@Timeout(120)
class LearnCommandsIT {

  @TempDir private Path home;
  @TempDir private Path elsewhere;

  private final NativeCore core = NativeCore.load(CoreFiles.anywhere(System.getenv()));
  private final Map<Long, PAux> roots = new HashMap<>();
  private Catalog catalog;
  private Terminal terminal;

  @BeforeEach
  void installation() throws Exception {
    CatalogSettings settings = CatalogDatabase.migrated();
    catalog = Catalog.open(settings);
    terminal = terminal(home, settings);
    for (String directory : List.of("scratch", "a/cache", "b/cache")) {
      Files.createDirectories(home.resolve(directory));
    }
    Files.writeString(
        home.resolve("worker.toml"),
        """
        [worker]
        name = "host-a"
        [[sealing_thread]]
        location = "%1$s/scratch"
        plan = "rebuild"
        [[attached]]
        name = "a"
        location = "%1$s/a"
        [[attached]]
        name = "b"
        location = "%1$s/b"
        """
            .formatted(home));
  }

  private static Terminal terminal(Path home, CatalogSettings settings) throws Exception {
    Terminal terminal = new Terminal(Homes.write(home, "127.0.0.1:1", settings));
    String core = System.getenv("RESEAL_NATIVE");
    return core == null ? terminal : terminal.with("RESEAL_NATIVE", core);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  /** A sector whose roots were made up. */
  private SectorRecord sector(long number) throws Exception {
    PAux pAux =
        new PAux(
            new Commitment("%064x".formatted(number + 1)),
            new Commitment("%064x".formatted(number + 2)));
    roots.put(number, pAux);
    return RecordBuilder.of(Sectors.bare(1001, number))
        .with(Fact.COMM_R, Cid.sealed(core.commR(pAux).orElseThrow()))
        .build();
  }

  private Path store(String store, SectorRecord sector) throws Exception {
    Path cache = home.resolve(store).resolve("cache").resolve(sector.id().fileName());
    Files.createDirectories(cache);
    return Files.write(cache.resolve("p_aux"), roots.get(sector.id().number()).bytes());
  }

  private SectorRecord healthy(String store, long number) throws Exception {
    SectorRecord sector = sector(number);
    catalog.sectors().add(sector);
    store(store, sector);
    return sector;
  }

  /** Seen to fail without the row in the page. */
  @Test
  void whatIsLearnedIsShownWithTheSector() throws Exception {
    SectorRecord sector = healthy("a", 1);
    assertThat(terminal.run("sectors state 1001 1").out())
        .contains("CommC: not known; on a host that has the sector: reseal sectors learn 1001 1");

    Result learned = terminal.run("sectors learn");

    assertThat(learned.status()).as(learned.err()).isEqualTo(ExitStatus.DONE);
    assertThat(learned.lines().get(1).split("\\s+")).containsExactly("a", "1", "0", "0", "0", "0");
    String commC = roots.get(1L).commC().hex();
    assertThat(terminal.run("sectors state 1001 1").out())
        .contains("CommC: " + commC + ", read at ", "/cache/s-t01001-1/p_aux on host-a");
    JsonNode known =
        new ObjectMapper().readTree(terminal.run("sectors state 1001 1 --output json").out());
    assertThat(known.at("/roots/0/commC").asText()).isEqualTo(commC);
    assertThat(known.at("/roots/0/commR").asText()).isEqualTo(sector.commR());
  }

  /** Seen to fail with exit status 0 although some were left out. */
  @Test
  void eachThatIsLeftOutIsNamedWithWhatToDo() throws Exception {
    healthy("a", 1);
    SectorRecord damaged = healthy("b", 2);
    Path torn = Files.write(store("b", damaged), new byte[32]);
    for (long number : new long[] {5, 6, 7, 9}) {
      store("b", sector(number));
    }

    Result learned = terminal.run("sectors learn");

    assertThat(learned.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(learned.out()).contains("Learned", "NoCommR");
    assertThat(learned.lines().get(2).split("\\s+")).containsExactly("b", "0", "0", "4", "1", "0");
    assertThat(learned.err())
        .contains(torn + " (sector f01001/2): It has 32 bytes instead of 64.")
        .contains("4 sectors of f01001", "reseal import chain 1001 5-7 9");
    JsonNode json = new ObjectMapper().readTree(terminal.run("sectors learn --output json").out());
    assertThat(json.at("/1/leftOut")).hasSize(5);
    assertThat(json.at("/0/known").asLong()).isEqualTo(1);
  }

  @Test
  void onlyTheStoreAndTheSectorsThatAreNamedAreRead() throws Exception {
    healthy("a", 1);
    healthy("b", 2);
    healthy("b", 3);
    assertThat(terminal.run("sectors learn --store b 1001 3 8").err())
        .contains("No store of this host has anything of f01001/8");
    assertThat(catalog.roots().of(List.of(Sectors.bare(1001, 3).id()))).hasSize(1);
    assertThat(catalog.roots().of(List.of(Sectors.bare(1001, 2).id()))).isEmpty();
    Result unknown = terminal.run("sectors learn --store c");
    assertThat(unknown.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(unknown.err()).contains("no store \"c\"", "\"a\", \"b\"");
  }

  /** Seen to fail when a changed row was taken in because its CommR was the right one. */
  @Test
  void anExportedFileBringsBackWhatItsRowsProve() throws Exception {
    for (long number = 1; number <= 4; number++) {
      healthy("a", number);
    }
    terminal.run("sectors learn");
    List<String> rows = terminal.run("sectors export-roots 1001").lines();
    assertThat(rows).hasSize(4).isEqualTo(terminal.run("sectors export-roots").lines());
    assertThat(terminal.run("sectors export-roots 5").out()).isEmpty();

    CatalogSettings settings = CatalogDatabase.migrated();
    Terminal other = terminal(elsewhere, settings);
    try (Catalog theirs = Catalog.open(settings)) {
      theirs.sectors().add(sector(1));
      theirs.sectors().add(sector(2));
      theirs.sectors().add(Sectors.bare(1001, 3));
      String commC = roots.get(2L).commC().hex();
      Path file =
          Files.write(
              elsewhere.resolve("roots.jsonl"),
              List.of(
                  rows.get(0),
                  rows.get(1).replace(commC, commC.replace("3", "4")),
                  rows.get(2),
                  rows.get(3),
                  "nonsense"));

      Result strict = other.run("sectors import-roots --strict " + file);
      assertThat(strict.status()).isEqualTo(ExitStatus.REFUSED);
      assertThat(strict.err()).contains("Nothing was imported (--strict).");
      assertThat(other.run("sectors export-roots").out()).isEmpty();

      Result imported = other.run("sectors import-roots " + file);
      assertThat(imported.status()).isEqualTo(ExitStatus.FAILED);
      assertThat(imported.err())
          .contains(file + ", line 2 (sector f01001/2): Its comm_c and comm_r_last do not give")
          .contains(file + ", line 3 (sector f01001/3): It has the CommR ", "another network")
          .contains(file + ", line 5: It is not JSON")
          .contains("Rows of sectors whose CommR the catalog does not know yet: 1.");
      assertThat(other.run("sectors export-roots").lines())
          .containsExactly(rows.get(0), rows.get(3));

      theirs.sectors().add(sector(4));
      assertThat(other.run("sectors state 1001 4").out())
          .contains("CommC: " + roots.get(4L).commC().hex());
    }
  }
}
