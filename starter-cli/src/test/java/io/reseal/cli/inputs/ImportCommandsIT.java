package io.reseal.cli.inputs;

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
import io.reseal.exchange.DamoclesWriter;
import io.reseal.intake.Intake;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceCidV2;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sectors taken in from other systems' records and by hand, on a real MariaDB. */
class ImportCommandsIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SectorRecord WHOLE = Sectors.withPieces();
  private static final SectorRecord SNAPPED = Sectors.snapped();
  private static final String OTHER = "ab".repeat(32);

  @TempDir Path home;

  private Catalog catalog;
  private Terminal terminal;

  @BeforeEach
  void installation() throws IOException {
    CatalogSettings settings = CatalogDatabase.migrated();
    catalog = Catalog.open(settings);
    terminal = new Terminal(Homes.write(home, "127.0.0.1:1", settings));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private Optional<SectorRecord> find(SectorId id) {
    return catalog.sectors().find(id);
  }

  private Path sample(String name) throws IOException {
    Path file = home.resolve(Path.of(name).getFileName());
    try (InputStream stream = getClass().getResourceAsStream("/" + name)) {
      Files.write(file, stream.readAllBytes());
    }
    return file;
  }

  @Test
  void severalDamoclesStatesComeInFromOneFile() throws IOException {
    Path file = home.resolve("all.json");
    Files.writeString(file, DamoclesWriter.write(WHOLE) + "\n" + DamoclesWriter.write(SNAPPED));

    Result dry = terminal.run("import damocles %s --dry-run".formatted(file));

    assertThat(dry.err()).isEmpty();
    assertThat(dry.status()).isZero();
    assertThat(dry.lines().get(0)).startsWith("Sector    Outcome  Facts");
    assertThat(dry.lines().get(1)).startsWith("f01001/3  NEW").contains("added: proof-type");
    assertThat(dry.out()).endsWith("2 sectors: 2 NEW. Nothing was changed (--dry-run).\n");
    assertThat(find(WHOLE.id())).isEmpty();

    assertThat(terminal.run("import damocles " + file).status()).isZero();
    assertThat(find(WHOLE.id()).orElseThrow().pieces()).isEqualTo(WHOLE.pieces());
    assertThat(find(SNAPPED.id()).orElseThrow().snap()).isEqualTo(SNAPPED.snap());
    assertThat(terminal.run("import damocles " + file).out()).endsWith("2 sectors: 2 SAME\n");
    assertThat(terminal.run("sectors state export-json 1001 2").lines())
        .containsExactly(DamoclesWriter.write(SNAPPED));
  }

  /** Catches: one bad file or state that keeps the good ones out, and a status of 0 or 4 for it. */
  @Test
  void whatCannotBeReadIsNamedAndLeftOutAndWithStrictNothingIsImported() throws IOException {
    Path good = Files.writeString(home.resolve("good.json"), DamoclesWriter.write(WHOLE));
    Path bad = Files.writeString(home.resolve("bad.json"), "{\"ID\":");

    Result strict = terminal.run("import damocles %s %s --strict".formatted(good, bad));
    assertThat(strict.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(strict.err())
        .contains("bad.json, from line 1, was left out. It is cut off")
        .endsWith("Nothing was imported (--strict).\n");
    assertThat(strict.out()).isEmpty();
    assertThat(find(WHOLE.id())).isEmpty();

    Result alone = terminal.run("import damocles " + bad);
    assertThat(alone.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(alone.out()).isEmpty();

    Result result = terminal.run("import damocles %s %s".formatted(good, bad));
    assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(result.err()).contains("It is cut off");
    assertThat(result.out())
        .endsWith("1 sectors: 1 NEW; left out: 1 of which nothing was imported, see above\n");
    assertThat(find(WHOLE.id())).isPresent();
  }

  @Test
  void aLotusStatusComesInUnderItsMiner() throws IOException {
    Result result =
        terminal.run(
            "import lotus t01001 --status-text " + sample("lotus-miner/status-snapped.txt"));

    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(find(SNAPPED.id()).orElseThrow())
        .usingRecursiveComparison()
        .ignoringFields("source", "standing", "pieces")
        .isEqualTo(SNAPPED);
  }

  @Test
  void theMinersApiMustBeNamedAndIsNotQuoted() {
    assertThat(terminal.run("import lotus 1001 3").err())
        .startsWith("MINER_API_INFO is not set: put the miner's address in it");
    Result broken = terminal.with("MINER_API_INFO", "s.e.cret:nowhere").run("import lotus 1001 3");
    assertThat(broken.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(broken.err()).startsWith("MINER_API_INFO cannot be used.").doesNotContain("cret");
  }

  @Test
  void curiosDatabaseThatIsNotThereIsNamedWithoutItsPassword() {
    Result result =
        terminal
            .with("CURIO_DB_PASSWORD", "verysecret")
            .run("import curio 1001 3 --host 127.0.0.1 --port 1");

    assertThat(result.status()).isEqualTo(ExitStatus.UNREACHABLE);
    assertThat(result.err())
        .startsWith("Curio's database at 127.0.0.1:1/yugabyte cannot be read (")
        .doesNotContain("verysecret");
  }

  /** From the incomplete file of one tool to a whole record, with a contradiction on the way. */
  @Test
  void aSectorIsCompletedAndItsContradictionDecided() throws IOException {
    Path recover = sample("sealer-recover/sectors-recovery-t01001.json");
    Result first = terminal.run("import recover " + recover);
    assertThat(first.status()).isZero();
    assertThat(first.out()).contains("No source reports whether it holds data");

    Result second =
        terminal.run(
            ("sectors add 1001 3 --ticket %s --ticket-epoch -872 --piece %s:512 --piece %s:1KiB"
                    + " --comm-d %s")
                .formatted(OTHER, Sectors.PIECE_1, Sectors.PIECE_2, WHOLE.commD()));
    assertThat(second.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(second.lines())
        .contains(
            "f01001/3: sources differ in ticket:",
            "\tby hand: " + OTHER,
            "\tsealer-recover %s: %s".formatted(recover, WHOLE.ticket().value()),
            "\tTo decide: reseal sectors decide 1001 3 FACT --from SOURCE");
    assertThat(find(WHOLE.id()).orElseThrow().ticket().value()).isEqualTo(WHOLE.ticket().value());

    Result state = terminal.run("sectors state 1001 3");
    assertThat(state.lines()).contains("Sources differ:", "\tticket, by by hand: " + OTHER);
    Result facts = terminal.run("sectors facts 1001 3");
    assertThat(facts.lines()).anyMatch(line -> line.matches("\\tticket +DIFFERS +by hand +ab.*"));

    Result decided = terminal.run("sectors", "decide", "1001", "3", "ticket", "--from", "by hand");
    assertThat(decided.err()).isEmpty();
    assertThat(decided.status()).isZero();
    SectorRecord record = find(WHOLE.id()).orElseThrow();
    assertThat(record.ticket().value()).isEqualTo(OTHER);
    assertThat(record.pieces()).hasSize(2);
    assertThat(terminal.run("sectors facts 1001 3").lines())
        .anyMatch(line -> line.matches("\\tticket +decided +by hand +ab.*"));
    assertThat(terminal.run("sectors state 1001 3").out()).doesNotContain("Sources differ");
  }

  // Catches: a value that was ruled out and is shown as if it counted, or as a contradiction.
  @Test
  void whatCannotBeRightIsShownWithTheReason() throws IOException {
    Path file = Files.writeString(home.resolve("one.json"), DamoclesWriter.write(WHOLE));
    assertThat(terminal.run("import damocles " + file).status()).isZero();

    Result empty = terminal.run("sectors add 1001 3 --empty");
    assertThat(empty.status()).isZero();
    assertThat(empty.out()).contains("SAME").contains("Ignored the pieces of 'by hand'");
    Result facts = terminal.run("sectors facts 1001 3");
    assertThat(facts.lines())
        .anyMatch(line -> line.matches("\\tpieces +ignored +by hand +none"))
        .anyMatch(line -> line.startsWith("Ignored the pieces of 'by hand': without pieces"));
    assertThat(terminal.run("sectors facts 1001 3 --output json").out()).contains("\"ruledOut\"");
  }

  // Catches: a rebuild from zeros of a sector that the chain counts deals for.
  @Test
  void aDisprovedRecordIsNotRebuilt() throws IOException {
    terminal.run("import recover " + sample("sealer-recover/sectors-recovery-t01001.json"));
    new Intake(catalog.findings())
        .take(
            new Findings(
                WHOLE.id(), Findings.CHAIN, Facts.builder().put(Fact.HOLDS_DATA, true).build()),
            false);

    Result result = terminal.run("rebuild 1001 3");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err())
        .contains(
            "The record of sector f01001/3 cannot be right", "holds data", "--piece CID:SIZE");
  }

  @Test
  void aDecisionForNobodysWordIsRefused() {
    Result result = terminal.run("sectors decide 1001 3-4 ticket --from chain");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err().lines())
        .containsExactly(
            "No source reports the ticket of sector f01001/3.",
            "No source reports the ticket of sector f01001/4.");
    assertThat(terminal.run("sectors facts 1001 3").err())
        .startsWith("No source has reported anything about sector f01001/3");
  }

  @Test
  void aSnappedSectorIsAddedByHandAndShown() {
    Result result =
        terminal.run(
            ("sectors add f01001 2 --proof-type StackedDrg2KiBV1_1 --ticket %s --ticket-epoch -879"
                    + " --comm-r %s --empty --snap-comm-r %s --snap-piece %s --snap-piece"
                    + " %s:512:1024")
                .formatted(
                    SNAPPED.ticket().value(),
                    SNAPPED.commR(),
                    SNAPPED.snap().commR(),
                    PieceCidV2.ofFull(new Piece(Sectors.PIECE_3, 1024, 0)),
                    Sectors.PIECE_4));

    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(find(SNAPPED.id()).orElseThrow().snap().pieces())
        .isEqualTo(SNAPPED.snap().pieces().subList(0, 2));
    assertThat(terminal.run("sectors state 1001 2").lines())
        .contains(
            "Replica update:",
            "\tPiece: { cid: %s; size: 512; offset: 1024 }".formatted(Sectors.PIECE_4),
            "\tCommR: " + SNAPPED.snap().commR());
  }

  @Test
  void anIncompleteSectorIsToldWithWhatIsMissing() throws IOException {
    Result result =
        terminal.run(
            "sectors add 1001 9 --ticket %s --comm-d %s --output json"
                .formatted(OTHER, WHOLE.commD()));

    assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
    JsonNode outcome = JSON.readTree(result.out()).get(0);
    assertThat(outcome.get("kind").asText()).isEqualTo("INCOMPLETE");
    assertThat(outcome.get("missing").toString()).isEqualTo("[\"proof-type\",\"comm-r\"]");
    assertThat(find(new SectorId(1001, 9))).isEmpty();
    JsonNode sheet = JSON.readTree(terminal.run("sectors facts 1001 9 --output json").out());
    assertThat(sheet.get("recorded").asBoolean()).isFalse();
    assertThat(sheet.at("/facts/0/fact").asText()).isEqualTo("ticket");
  }
}
