package io.reseal.checks;

import io.reseal.catalog.RootsRepository;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.NativeCore;
import io.reseal.files.FileWork;
import io.reseal.inspection.Inspection;
import io.reseal.losses.RepairOnHost.OfWhatIsLeft;
import io.reseal.plan.RepairPlan;
import io.reseal.plan.Survivors;
import io.reseal.record.SectorRecord;
import io.reseal.steps.Survey;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a host's stores have left of lost sectors, and the repairs that follow from it. */
public final class LeftInStores {

  private static final Logger LOG = LoggerFactory.getLogger(LeftInStores.class);

  /** For one sector: a disk that has to spin up takes about ten seconds. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final NativeCore core;
  private final Survey survey;
  private final RootsRepository roots;

  /**
   * @param survey of the host's stores
   */
  public LeftInStores(NativeCore core, Survey survey, RootsRepository roots) {
    this.core = core;
    this.survey = survey;
    this.roots = roots;
  }

  /** The cheapest repair with what is left, by names and sizes; empty if that saves no work. */
  Optional<OfWhatIsLeft> repair(SectorRecord record) {
    try {
      SectorFacts facts =
          Inspection.facts(record, core).withCommC(roots.commC(record).orElse(null));
      Survivors left = FileWork.within(LIMIT, "a store", () -> probably(facts));
      RepairPlan plan = RepairPlan.cheapest(left);
      return plan.equals(RepairPlan.cheapest(left.with(List.of())))
          ? Optional.empty()
          : Optional.of(
              new OfWhatIsLeft(
                  plan.toString(),
                  plan.steps(left, facts.proof().hasSyntheticProofs(), !facts.hasData(), false),
                  (double) plan.cost(left.snapped()).pc1() / left.layers()));
    } catch (IOException | CoreException | IllegalArgumentException e) {
      LOG.info("What is left of sector {} is not known: {}", record.id(), e.getMessage());
      return Optional.empty();
    }
  }

  private Survivors probably(SectorFacts facts) throws IOException {
    try {
      return survey.probably(facts);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("The look at the stores was interrupted.");
    }
  }
}
