package io.reseal.cli.rebuild;

import io.reseal.catalog.Catalog;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Table;
import io.reseal.config.WorkerConfig;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.doctor.HostCore;
import io.reseal.files.Stores;
import io.reseal.inspection.Inspection;
import io.reseal.plan.RepairPlan;
import io.reseal.plan.Survivors;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import io.reseal.steps.Survey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what a rebuild on this host would do, from what its stores have; changes nothing. */
final class DryRun {

  private final Shell shell;
  private final HostCore core;
  private final Stores stores;
  private final boolean sealsAll;

  /**
   * @param config the host's settings, with its stores
   * @param sealsAll whether everything is sealed whatever is left
   */
  DryRun(Shell shell, WorkerConfig config, boolean sealsAll) {
    this.shell = shell;
    this.core = HostCore.find(Optional.of(config), shell.environment());
    this.stores = Stores.of(config);
    this.sealsAll = sealsAll;
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
    Table table = new Table("Sector", "Would make", "Cost");
    for (SectorFacts facts : all) {
      addTo(table, facts);
    }
    shell.line(table.toString().stripTrailing());
  }

  private void addTo(Table table, SectorFacts facts) throws IOException, InterruptedException {
    Survivors left =
        new Survey(stores, core.chosen().library())
            .of(facts, request -> core.run(request, progress -> {}));
    RepairPlan plan = sealsAll || facts.prove() ? RepairPlan.sealing() : RepairPlan.cheapest(left);
    boolean isWhole = plan.actions().isEmpty();
    table.add(
        facts.sector(),
        isWhole ? "nothing, no file is lost" : plan,
        isWhole ? "" : plan.cost(left.snapped()));
  }
}
