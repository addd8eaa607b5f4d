package io.reseal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.chain.ChainFindings;
import io.reseal.chain.LotusNode;
import io.reseal.chain.LotusNodes;
import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The import of many sectors: what they share is asked for once. */
class ChainImportIT {

  private static final long MINER = 3003;

  private final List<Findings> found = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  private LotusNodes ask(ChainStandIn node, List<SectorId> sectors) {
    LotusNodes nodes =
        new LotusNodes(LotusNode.of(List.of(node.address()), 100_000, Duration.ofMinutes(1)));
    new ChainFindings(nodes)
        .each(
            sectors,
            new ChainFindings.Taker() {
              @Override
              public void found(Findings findings) {
                found.add(findings);
              }

              @Override
              public void nothing(SectorId sector, String why) {
                refused.add(why);
              }
            });
    return nodes;
  }

  private static List<SectorId> sectors(int count) {
    return LongStream.range(0, count).mapToObj(number -> new SectorId(MINER, number)).toList();
  }

  @Test
  void manySectorsTakeLittleMoreThanOneCallEach() throws IOException {
    try (ChainStandIn node = new ChainStandIn(2000)) {
      LotusNodes nodes = ask(node, sectors(2000));

      assertThat(refused).isEmpty();
      assertThat(found).extracting(Findings::id).containsExactlyElementsOf(sectors(2000));
      assertThat(found)
          .allSatisfy(
              each -> {
                assertThat(each.facts().orNull(Fact.TICKET)).isNotNull();
                assertThat(each.facts().orNull(Fact.PIECES)).hasSize((int) each.id().number() % 2);
                assertThat(each.facts().orNull(Fact.STANDING).deadline())
                    .isEqualTo((int) each.id().number() / 42);
                assertThat(each.remarks()).isEmpty();
              });
      // Its pre-commit, each; four calls for each of 200 heights; 2 lists, 48 deadlines, 3 others.
      assertThat(nodes.calls()).isEqualTo(2000 + 4 * 200 + 2 + 48 + 3);
    }
  }

  @Test
  void oneSectorThatIsNotThereDoesNotKeepTheOthersOut() throws IOException {
    try (ChainStandIn node = new ChainStandIn(50)) {
      ask(node, Stream.concat(sectors(50).stream(), Stream.of(new SectorId(MINER, 999))).toList());

      assertThat(found).hasSize(50);
      assertThat(refused)
          .containsExactly(
              "The chain has no sector f03003/999: it was never committed, or it has ended.");
    }
  }

  @Test
  void theBenchTakesAllIntoTheCatalog() throws IOException {
    try (Catalog catalog = Catalog.open(CatalogDatabase.migrated())) {
      List<Row> rows = new ChainImportTimes(line -> {}).rows(catalog.findings(), 60);

      assertThat(rows).hasSize(3);
      SectorRecord last = catalog.sectors().find(new SectorId(MINER, 59)).orElseThrow();
      assertThat(last.pieces()).hasSize(1);
    }
  }
}
