package io.reseal.cli.sectors;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.arguments.SectorsMixin;
import io.reseal.cli.arguments.WorkerFileMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.config.WorkerConfig;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.NativeCore;
import io.reseal.doctor.HostCore;
import io.reseal.files.Placement;
import io.reseal.files.Replica;
import io.reseal.files.SectorKind;
import io.reseal.files.Stores;
import io.reseal.inspection.Inspection;
import io.reseal.sector.SectorId;
import io.reseal.steps.CheckedRoots;
import io.reseal.steps.CopyCheck;
import io.reseal.steps.CopySearch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks whether the copies of sectors in a host's stores are intact. */
@Command(
    name = "check",
    description = {
      "Check every copy of sectors in this host's stores: file sizes, CommR against the record, and"
          + " the answer to a WindowPoSt challenge. Changes nothing in the stores; the catalog"
          + " keeps comm_c of each copy that can be proven, as `sectors learn` does.",
      "Exit status 0 if each sector has an intact copy of each of its parts, otherwise 1."
    })
public final class CheckCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private WorkerFileMixin worker;

  @Option(
      names = "--full",
      description =
          "Read every byte: compute tree R again from the sector's file and compare it with the"
              + " stored tree and with CommR.")
  private boolean full;

  @Mixin private SectorsMixin sectors;

  @Mixin private OutputMixin output;

  public CheckCommand(Shell shell) {
    this.shell = shell;
  }

  /**
   * One copy of a replica, or a line that says there is none.
   *
   * @param replica {@code sealed} or {@code update}
   * @param store its store's name; of several, each with what it has; null where no store has any
   *     of it
   * @param stores the store of each type of its files, by the type's folder
   * @param verdict {@code intact}, {@code provable} if it only lacks t_aux, {@code damaged} or
   *     {@code lost}
   * @param fault what is wrong with it, or null
   */
  record Copy(
      String replica, String store, Map<String, String> stores, String verdict, String fault) {

    private static final String NO_T_AUX =
        "it proves; t_aux is missing, which no proof reads: `reseal rebuild` writes it without"
            + " sealing";

    static Copy of(String replica, CopySearch.Copy copy) {
      Map<String, String> stores = new LinkedHashMap<>();
      copy.at().stores().forEach((type, store) -> stores.put(type.folder(), store.name()));
      return new Copy(
          replica,
          copy.at().names(),
          stores,
          copy.isIntact() ? "intact" : copy.proves() ? "provable" : "damaged",
          copy.isIntact() ? null : copy.fault().orElse(NO_T_AUX));
    }

    @JsonIgnore
    boolean isIntact() {
      return verdict.equals("intact");
    }
  }

  /**
   * A sector's copies in this host's stores.
   *
   * @param intact whether there is an intact copy of each of its replicas
   * @param read {@code sample} or {@code whole}: how much of each copy was read
   * @param copies the copies, and a line for each replica without any
   */
  record Check(SectorId sector, boolean intact, String read, List<Copy> copies) {}

  @Override
  public Integer call() throws IOException, InterruptedException, CoreException {
    WorkerConfig config = worker.require(shell, "the stores");
    HostCore core = HostCore.find(Optional.of(config), shell.environment());
    List<Check> checks = new ArrayList<>();
    try (Services services = shell.services()) {
      Catalog catalog = services.catalog();
      CheckedRoots roots =
          new CheckedRoots(catalog.roots(), core.chosen().library(), config.name());
      for (SectorFacts facts : facts(catalog, core)) {
        checks.add(check(core, config, facts, roots));
      }
    }
    output.print(shell.out(), checks, () -> text(checks));
    return checks.stream().allMatch(Check::intact) ? ExitStatus.DONE : ExitStatus.FAILED;
  }

  /** The facts of all sectors, before any file is read: an unknown sector refuses the command. */
  private List<SectorFacts> facts(Catalog catalog, HostCore core) throws CoreException {
    NativeCore library = core.chosen().library();
    List<SectorFacts> facts = new ArrayList<>();
    for (SectorId sector : sectors.sectors()) {
      facts.add(Inspection.facts(SectorLookup.require(catalog, sector), library));
    }
    return facts;
  }

  private Check check(HostCore core, WorkerConfig config, SectorFacts facts, CheckedRoots roots)
      throws IOException, InterruptedException, CoreException {
    CopyCheck.Depth depth = full ? CopyCheck.Depth.WHOLE : CopyCheck.Depth.SAMPLE;
    List<Copy> all = new ArrayList<>();
    boolean intact = true;
    for (Replica replica : SectorKind.of(facts).replicas()) {
      List<Copy> copies = copies(core, config, facts, replica, depth, roots);
      intact &= copies.stream().anyMatch(Copy::isIntact);
      all.addAll(copies);
    }
    return new Check(facts.sector(), intact, depth.name().toLowerCase(Locale.ROOT), all);
  }

  private List<Copy> copies(
      HostCore core,
      WorkerConfig config,
      SectorFacts facts,
      Replica replica,
      CopyCheck.Depth depth,
      CheckedRoots roots)
      throws IOException, InterruptedException, CoreException {
    List<CopySearch.Copy> found =
        CopySearch.all(
            Stores.of(config),
            facts.sector(),
            replica,
            at -> fault(core, facts, replica, at, depth));
    for (CopySearch.Copy copy : found) {
      if (copy.proves()) {
        keep(roots, facts, replica, copy.at());
      }
    }
    List<Copy> copies = found.stream().map(copy -> Copy.of(name(replica), copy)).toList();
    return copies.isEmpty()
        ? List.of(
            new Copy(
                name(replica), null, Map.of(), "lost", "no store of this host has any file of it"))
        : copies;
  }

  /** The verdict on the copy stands, even if it cannot be kept what was learned from it. */
  private void keep(CheckedRoots roots, SectorFacts facts, Replica replica, Placement copy)
      throws CoreException {
    try {
      if (!roots.keep(facts, replica, copy.files())) {
        shell.say(
            "%s no longer gives the CommR that it gave when it was checked: check sector %s again."
                .formatted(copy.files().pAux(replica), facts.sector()));
      }
    } catch (CatalogException | IOException e) {
      shell.say(
          "comm_c of sector %s was not kept in the catalog: %s"
              .formatted(facts.sector(), e.getMessage()));
    }
  }

  private Optional<String> fault(
      HostCore core, SectorFacts facts, Replica replica, Placement at, CopyCheck.Depth depth)
      throws IOException, InterruptedException {
    if (full) {
      shell.say(
          "Reading %s of sector %s in store \"%s\" …"
              .formatted(name(replica), facts.sector(), at.names()));
    }
    return CopyCheck.fault(
        request -> core.run(request, progress -> {}), facts, replica, at.files(), depth);
  }

  private static String name(Replica replica) {
    return replica.name().toLowerCase(Locale.ROOT);
  }

  private static String text(List<Check> checks) {
    Table table = new Table("Sector", "Replica", "Store", "Verdict", "Why");
    for (Check check : checks) {
      for (Copy copy : check.copies()) {
        table.add(check.sector(), copy.replica(), copy.store(), copy.verdict(), copy.fault());
      }
    }
    long intact = checks.stream().filter(Check::intact).count();
    return "%s%d of %d sectors are intact.%n".formatted(table, intact, checks.size());
  }
}
