package io.reseal.steps;

import io.reseal.catalog.CatalogException;
import io.reseal.catalog.RunRepository;
import io.reseal.contract.StageRequest;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What steps usually take on this host, from the catalog. */
final class LearnedTimes {

  private static final Logger LOG = LoggerFactory.getLogger(LearnedTimes.class);

  private final RunRepository runs;

  LearnedTimes(RunRepository runs) {
    this.runs = runs;
  }

  /**
   * Asks once, in parallel with the step, so that an unreachable catalog does not delay sealing.
   */
  Supplier<OptionalLong> usualMillis(StageRequest request) {
    CompletableFuture<OptionalLong> answer = CompletableFuture.supplyAsync(() -> ask(request));
    return () -> answer.getNow(OptionalLong.empty());
  }

  private OptionalLong ask(StageRequest request) {
    try {
      return runs.typicalMillis(
          request.thread().host(), request.step().title(), request.facts().proof());
    } catch (CatalogException e) {
      LOG.debug("No usual time of {}: {}", request.step(), e.getMessage());
      return OptionalLong.empty();
    }
  }
}
