package io.reseal.cli.inputs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CatalogSettings;
import io.reseal.chain.FakeNode;
import io.reseal.chain.Recordings;
import io.reseal.cli.Homes;
import io.reseal.cli.Terminal;
import io.reseal.cli.Terminal.Result;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code reseal import chain} against a node that answers as a real one did. */
class ImportChainIT {

  @TempDir Path home;

  private Catalog catalog;
  private Terminal terminal;
  private FakeNode node;

  @BeforeEach
  void installation() throws IOException {
    CatalogSettings settings = CatalogDatabase.migrated();
    catalog = Catalog.open(settings);
    node = new Recordings("network-2").node(true, "snap", "updated");
    terminal =
        new Terminal(Homes.write(home, "127.0.0.1:1", settings))
            .with("FULLNODE_API_INFO", node.address().toString());
  }

  @AfterEach
  void close() {
    node.close();
    catalog.close();
  }

  @Test
  void aSnappedSectorComesInWithItsKeyAndItsUpdate() {
    SectorId sector = new SectorId(1001, 2);
    Result dry = terminal.run("import chain 1001 2 --dry-run");
    assertThat(dry.status()).as(dry.err()).isZero();
    assertThat(catalog.sectors().find(sector)).isEmpty();

    Result done = terminal.run("import chain t01001 2");
    assertThat(done.status()).as(done.err()).isZero();
    SectorRecord record = catalog.sectors().find(sector).orElseThrow();
    assertThat(record.commR()).startsWith("bagboea4b5abca2gckwohclnsgivhpb");
    assertThat(record.ticket().value()).startsWith("d21312d80dbe0d53");
    assertThat(record.snap().commR()).startsWith("bagboea4b5abcbon65naqf3up32mk");
    assertThat(record.snap().pieces()).hasSize(2);
    assertThat(record.standing().deadline()).isEqualTo(1);
    assertThat(record.standing().asOf()).isEqualTo(325);

    assertThat(terminal.run("import chain 1001 2").out()).contains("SAME");
  }

  @Test
  void sectorsThatTheChainDoesNotHaveAreNamedAndTheOthersComeIn() throws IOException {
    try (FakeNode other = new Recordings("network-1").node(true, "after-commit")) {
      Result result =
          terminal
              .with("FULLNODE_API_INFO", other.address().toString())
              .run("import chain 1000 2 9999");
      assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
      assertThat(result.err())
          .contains(
              "The chain has no sector f01000/9999: it was never committed, or it has ended.");
      assertThat(catalog.sectors().find(new SectorId(1000, 2))).isPresent();
      assertThat(result.out())
          .endsWith("1 sectors: 1 NEW; left out: 1 of which nothing was imported, see above\n");
    }
  }

  /** Seen to fail: with words that wait for others forgotten when their source fails. */
  @Test
  void whatWasFoundBeforeTheNodeFailedIsIn() throws IOException {
    try (FakeNode breaking =
        new Recordings("network-2")
            .nodeChanging(
                "StateSectorGetInfo",
                sector -> {
                  if (sector.path("SectorNumber").asLong() == 3) {
                    throw new IllegalStateException("The connection breaks.");
                  }
                  return sector;
                },
                "snap",
                "updated")) {
      Result result =
          terminal
              .with("FULLNODE_API_INFO", breaking.address().toString())
              .run("import chain 1001 2 3");
      assertThat(result.status()).isEqualTo(ExitStatus.UNREACHABLE);
      assertThat(result.out()).endsWith("1 sectors: 1 NEW\n");
      assertThat(catalog.sectors().find(new SectorId(1001, 2))).isPresent();
      assertThat(catalog.sectors().find(new SectorId(1001, 3))).isEmpty();
    }
  }

  // Catches: an epoch that the catalog knows and the import of the chain does not use.
  @Test
  void aTicketIsDrawnAtAnEpochThatTheCatalogKnows() {
    try (FakeNode pruned =
        new Recordings("network-2")
            .nodeWithout(
                Set.of("StateSectorPreCommitInfo", "StateListMessages"), "ddo", "active")) {
      Terminal there = terminal.with("FULLNODE_API_INFO", pruned.address().toString());
      assertThat(there.run("import chain 1001 3").out()).contains("missing: ticket");
      there.run("sectors add 1001 3 --ticket-epoch=-872");
      Result result = there.run("import chain 1001 3");
      assertThat(result.out()).contains("NEW", "epoch -872 that 'by hand' gives");
      assertThat(catalog.sectors().find(new SectorId(1001, 3)).orElseThrow().ticket().value())
          .startsWith("399684d5");
    }
  }

  /** Meant to catch: sectors that have ended not spoken of. */
  @Test
  void theSectorsThatHaveEndedAreCountedInTheLastLine() throws IOException {
    try (FakeNode withEnded =
        new Recordings("network-2")
            .nodeChanging(
                "StateMinerPartitions",
                partitions -> {
                  partitions.forEach(ImportChainIT::addEnded);
                  return partitions;
                },
                "snap",
                "updated")) {
      Result result =
          terminal
              .with("FULLNODE_API_INFO", withEnded.address().toString())
              .run("import chain 1001 --all --dry-run");
      assertThat(result.out())
          .contains(
              "; left out: 3 that were terminated or have expired. Nothing was changed"
                  + " (--dry-run).");
    }
  }

  private static void addEnded(JsonNode partition) {
    if (partition.at("/LiveSectors/0").asLong() == 2) {
      ((ObjectNode) partition).putArray("AllSectors").add(2).add(5);
    }
  }

  @Test
  void withoutFaultySectorsNothingComesIn() {
    Result result = terminal.run("import chain 1001 --faulty");
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out()).contains("0 sectors: none");
  }

  @Test
  void wordsThatDoNotSayWhichSectorsAreRefused() {
    for (String line :
        new String[] {
          "import chain 1001",
          "import chain 1001 2 --all",
          "import chain 1001 --all --faulty",
          "import chain 1001 x",
          "import chain 1001 5-2"
        }) {
      assertThat(terminal.run(line).status()).as(line).isEqualTo(ExitStatus.USAGE);
    }
    assertThat(node.callsInAll()).isZero();
  }

  @Test
  void anInstallationWithoutNodesSaysHowToNameOne() {
    Result result = terminal.with("FULLNODE_API_INFO", "").run("import chain 1001 2");
    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err()).contains("set FULLNODE_API_INFO, or [[chain.node]] in reseal.toml");
  }

  @Test
  void aNodeThatIsGoneIsUnreachable() {
    node.close();
    Result result = terminal.run("import chain 1001 2");
    assertThat(result.status()).isEqualTo(ExitStatus.UNREACHABLE);
    assertThat(result.err())
        .contains("No node of the chain answers.", node.address().toString(), "cannot be reached");
  }
}
