package io.reseal.bench;

import io.reseal.chain.LotusNode;
import io.reseal.chain.LotusNodes;
import io.reseal.chain.MinerSurvey;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Measures how long it takes to read all sectors of a large miner from a node on this machine. */
final class SurveyTimes {

  private static final long MINER = 3003;
  private static final int DEADLINES = 48;
  private static final int NO_LIMIT = 1_000_000;
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final Consumer<String> progress;

  SurveyTimes(Consumer<String> progress) {
    this.progress = progress;
  }

  List<Row> rows(int sectors) throws IOException {
    try (ChainStandIn node = new ChainStandIn(sectors)) {
      LotusNodes nodes = new LotusNodes(LotusNode.of(List.of(node.address()), NO_LIMIT, TIMEOUT));
      long began = System.nanoTime();
      MinerSurvey survey = MinerSurvey.atHead(nodes, MINER);
      long found = 0;
      for (int deadline = 0; deadline < DEADLINES; deadline++) {
        found += survey.deadline(deadline).size();
      }
      long millis = (System.nanoTime() - began) / 1_000_000;
      if (found != sectors) {
        throw new BenchException("The survey of the chain is incomplete.");
      }
      progress.accept(
          "Survey of %d sectors: %d calls, %d ms".formatted(sectors, nodes.calls(), millis));
      return List.of(
          Row.seconds(
              "scan for losses: reading %,d sectors from the chain".formatted(sectors),
              Figures.of(List.of(millis)),
              "< 300 s"));
    }
  }
}
