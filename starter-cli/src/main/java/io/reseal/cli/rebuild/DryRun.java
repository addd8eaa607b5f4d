package io.reseal.cli.rebuild;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.RunRepository;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import io.reseal.config.WorkerConfig;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.doctor.HostCore;
import io.reseal.files.Stores;
import io.reseal.inspection.Inspection;
import io.reseal.plan.RebuildPlan;
import io.reseal.plan.RepairPlan;
import io.reseal.plan.Step;
import io.reseal.plan.Survivor;
import io.reseal.plan.Survivors;
import io.reseal.plan.UnsealedWish;
import io.reseal.plan.Unsealing;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.steps.Survey;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Says what a rebuild on this host would do, from what its stores have; changes nothing. */
final class DryRun {

  private final Shell shell;
  private final String host;
  private final HostCore core;
  private final Stores stores;
  private final RebuildMixin.Kind kind;

  /**
   * @param config the host's settings, with its stores
   * @param kind what the rebuild would do
   */
  DryRun(Shell shell, WorkerConfig config, RebuildMixin.Kind kind) {
    this.shell = shell;
    this.host = config.name();
    this.core = HostCore.find(Optional.of(config), shell.environment());
    this.stores = Stores.of(config);
    this.kind = kind;
  }

  /** Prints a line for each sector. */
  void show(Catalog catalog, List<SectorId> sectors)
      throws CoreException, IOException, InterruptedException {
    List<SectorFacts> all = new ArrayList<>();
    for (SectorId sector : sectors) {
      SectorRecord record = SectorLookup.require(catalog, sector);
      all.add(
          Inspection.facts(record, core.chosen().library())
              .withCommC(catalog.roots().commC(record).orElse(null)));
    }
    Table table = new Table("Sector", "Would make", "Cost", "Usually takes");
    for (SectorFacts facts : all) {
      addTo(table, facts, catalog.runs());
    }
    shell.line(table.toString().stripTrailing());
  }

  private void addTo(Table table, SectorFacts facts, RunRepository runs)
      throws IOException, InterruptedException {
    Survey survey = new Survey(stores, core.chosen().library());
    if (kind.unsealed() == UnsealedWish.ONLY) {
      addUnsealed(table, facts, survey, runs);
      return;
    }
    Survivors left = survey.of(facts, request -> core.run(request, progress -> {}));
    RepairPlan plan = plan(left, facts);
    boolean isWhole = plan.actions().isEmpty();
    table.add(
        facts.sector(),
        isWhole ? "nothing, no file is lost" : plan,
        isWhole ? "" : plan.cost(left.snapped()),
        isWhole ? "" : time(steps(plan, left, facts), labelled(plan, left), facts.proof(), runs));
    if (kind.unsealed() != null && facts.holdsData()) {
      addUnsealed(table, facts, survey, runs);
    }
  }

  /** A line for each way to get the data: the second is for when a piece is missing. */
  private void addUnsealed(Table table, SectorFacts facts, Survey survey, RunRepository runs) {
    Survivors left = survey.bySize(facts);
    Optional<String> there = left.unsealedIn(Survivor.Trust.RIGHT_SIZE);
    if (there.isPresent()) {
      table.add(
          facts.sector(),
          "no unsealed copy, if all of the one in store \"%s\" is right".formatted(there.get()),
          "reading all of one file",
          "");
      return;
    }
    addUnsealed(table, facts, Unsealing.From.PIECES, "unsealed copy from its pieces", "", runs);
    Unsealing.From otherwise = Unsealing.cheapest(left, Unsealing.Pieces.MISSING, !facts.hasData());
    if (otherwise == Unsealing.From.KEY) {
      addUnsealed(
          table,
          facts,
          otherwise,
          "if a piece is missing: unsealed copy from the update and its key",
          "reading all of 2 files",
          runs);
    } else if (otherwise == Unsealing.From.LABELS) {
      addUnsealed(
          table,
          facts,
          otherwise,
          "if a piece is missing: unsealed copy from the %s and the labels"
              .formatted(facts.snap() == null ? "sealed file" : "update"),
          "PC1, reading all of one file",
          runs);
    }
  }

  private void addUnsealed(
      Table table,
      SectorFacts facts,
      Unsealing.From from,
      String what,
      String cost,
      RunRepository runs) {
    List<Step> steps =
        RebuildPlan.of(
            new RebuildPlan.Needs(
                false,
                false,
                facts.snap() != null,
                false,
                false,
                null,
                !facts.hasData(),
                new Unsealing(from, true)));
    table.add(facts.sector(), what, cost, time(steps, 1, facts.proof(), runs));
  }

  private RepairPlan plan(Survivors left, SectorFacts facts) {
    if (kind.force()) {
      return RepairPlan.sealing(left.with(List.of()));
    }
    return proves(facts) ? RepairPlan.sealing(left) : RepairPlan.cheapest(left);
  }

  /** Which part of all layers is labelled; the others are copied. */
  private static double labelled(RepairPlan plan, Survivors left) {
    return (double) plan.cost(left.snapped()).pc1() / left.layers();
  }

  private boolean proves(SectorFacts facts) {
    return facts.prove() || kind.prove();
  }

  private List<Step> steps(RepairPlan plan, Survivors left, SectorFacts facts) {
    return plan.steps(left, facts.proof().hasSyntheticProofs(), !facts.hasData(), proves(facts));
  }

  /**
   * How long the steps took on this host so far, downloads of pieces aside: {@code 3h12m5s}, or
   * {@code at least 12s (PC1, PC2 are new to this host)}.
   *
   * @param labelled which part of all layers PC1 makes
   */
  private String time(List<Step> steps, double labelled, SealProof proof, RunRepository runs) {
    long known = 0;
    List<String> unknown = new ArrayList<>();
    for (Step step : steps) {
      double part = step == Step.PC1 ? labelled : 1;
      if (step.resource() != Step.Resource.NONE && part > 0) {
        OptionalLong usual = runs.typicalMillis(host, step.title(), proof);
        known += (long) (usual.orElse(0) * part);
        if (usual.isEmpty()) {
          unknown.add(step.title());
        }
      }
    }
    String span = Spans.of(Duration.ofMillis(known));
    return unknown.isEmpty()
        ? span
        : "at least %s (new to this host: %s)".formatted(span, String.join(", ", unknown));
  }
}
