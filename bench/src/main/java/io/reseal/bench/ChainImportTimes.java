package io.reseal.bench;

import io.reseal.catalog.FindingRepository;
import io.reseal.chain.ChainFindings;
import io.reseal.chain.LotusNode;
import io.reseal.chain.LotusNodes;
import io.reseal.intake.Intake;
import io.reseal.intake.Outcome;
import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Measures the import of all sectors of a large miner from a node on this machine. */
final class ChainImportTimes {

  private static final long MINER = 3003;
  private static final int NO_LIMIT = 1_000_000;
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  /**
   * What an import needed.
   *
   * @param calls requests to the node
   * @param asking milliseconds to find everything
   * @param taking milliseconds to store it all in the catalog
   */
  record Times(long calls, long asking, long taking) {}

  private final Consumer<String> progress;

  ChainImportTimes(Consumer<String> progress) {
    this.progress = progress;
  }

  List<Row> rows(FindingRepository findings, int sectors) throws IOException {
    Times times = measure(findings, sectors);
    progress.accept(
        "Chain import of %d sectors: %d calls, %d ms asking, %d ms taking in"
            .formatted(sectors, times.calls(), times.asking(), times.taking()));
    return List.of(
        Row.single(
            "chain import of %,d sectors: calls per sector".formatted(sectors),
            1,
            "%.3f".formatted((double) times.calls() / sectors),
            ""),
        Row.seconds("  asking the node", Figures.of(List.of(times.asking())), ""),
        Row.seconds("  taking all into the catalog", Figures.of(List.of(times.taking())), ""));
  }

  private static Times measure(FindingRepository findings, int sectors) throws IOException {
    try (ChainStandIn node = new ChainStandIn(sectors)) {
      LotusNodes nodes = new LotusNodes(LotusNode.of(List.of(node.address()), NO_LIMIT, TIMEOUT));
      ChainFindings chain = new ChainFindings(nodes);
      List<Findings> found = new ArrayList<>();
      long began = System.nanoTime();
      chain.each(chain.all(MINER).live(), keeping(found));
      long asking = System.nanoTime() - began;
      if (found.size() != sectors
          || found.stream().anyMatch(each -> !each.facts().has(Fact.TICKET))) {
        throw new BenchException("The import from the chain is incomplete.");
      }
      long asked = System.nanoTime();
      Intake intake = new Intake(findings);
      intake.takeAll(found, false, ChainImportTimes::requireNew);
      return new Times(nodes.calls(), asking / 1_000_000, (System.nanoTime() - asked) / 1_000_000);
    }
  }

  private static void requireNew(Outcome outcome) {
    if (outcome.kind() != Outcome.Kind.NEW) {
      throw new BenchException(
          "Sector %s was not imported as a new one.".formatted(outcome.sector()));
    }
  }

  private static ChainFindings.Taker keeping(List<Findings> found) {
    return new ChainFindings.Taker() {
      @Override
      public void found(Findings findings) {
        found.add(findings);
      }

      @Override
      public void nothing(SectorId sector, String why) {
        throw new BenchException(why);
      }
    };
  }
}
