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
import io.reseal.problem.RefusedException;
import io.reseal.record.SectorRecord;
import io.reseal.record.SectorRoots;
import io.reseal.sector.PAux;
import io.reseal.sector.SectorId;
import io.reseal.steps.CheckedRoots;
import io.reseal.steps.CopyFindings;
import io.reseal.steps.CopySearch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
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
      "Check every copy of sectors in this host's stores. Changes nothing in the stores; the"
          + " catalog keeps comm_c of each copy that can be proven, as `sectors learn` does.",
      "Exit status 0 if each sector has an intact copy of each of its parts, otherwise 1."
    })
public final class CheckCommand implements Callable<Integer> {

  /** How much is read. */
  enum Level {
    sizes(CopyFindings.Level.SIZES, "sizes"),
    sample(CopyFindings.Level.SAMPLE, "sample"),
    full(CopyFindings.Level.FULL, "whole");

    private final CopyFindings.Level level;
    private final String read;

    /**
     * @param read what JSON calls it
     */
    Level(CopyFindings.Level level, String read) {
      this.level = level;
      this.read = read;
    }
  }

  private final Shell shell;

  @Mixin private WorkerFileMixin worker;

  @Option(
      names = "--level",
      paramLabel = "LEVEL",
      description = {
        "How much is read, by default sample:",
        "sizes   presence and sizes of all files;",
        "sample  also CommR against the record, and the answer to a WindowPoSt challenge;",
        "full    every byte: tree R is computed again from the sector's file, and CommR decides"
            + " which file is wrong."
      })
  private Level level;

  @Option(names = "--full", description = "The same as --level full.")
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
   * @param fault what is wrong with it, in one line, or null
   * @param faults the same, one sentence each
   */
  record Copy(
      String replica,
      String store,
      Map<String, String> stores,
      String verdict,
      String fault,
      List<String> faults) {

    Copy(
        String replica,
        String store,
        Map<String, String> stores,
        String verdict,
        List<String> faults) {
      this(
          replica,
          store,
          stores,
          verdict,
          faults.isEmpty() ? null : String.join("; ", faults),
          faults);
    }

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
          faults(copy));
    }

    private static List<String> faults(CopySearch.Copy copy) {
      List<String> faults = new ArrayList<>(copy.faults());
      if (copy.lacksTAux()) {
        faults.add(copy.proves() ? NO_T_AUX : "t_aux is missing");
      }
      return List.copyOf(faults);
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
   * @param read {@code sizes}, {@code sample} or {@code whole}: how much of each copy was read
   * @param copies the copies, and a line for each replica without any
   */
  record Check(SectorId sector, boolean intact, String read, List<Copy> copies) {}

  @Override
  public Integer call() throws IOException, InterruptedException, CoreException {
    WorkerConfig config = worker.require(shell, "the stores");
    if (full && level != null && level != Level.full) {
      throw new RefusedException("--full is --level full: give one of the two.");
    }
    HostCore core = HostCore.find(Optional.of(config), shell.environment());
    List<Check> checks = new ArrayList<>();
    try (Services services = shell.services()) {
      Catalog catalog = services.catalog();
      CheckedRoots roots =
          new CheckedRoots(catalog.roots(), core.chosen().library(), config.name());
      for (Known sector : known(catalog, core)) {
        checks.add(check(core, config, sector, roots));
      }
    }
    output.print(shell.out(), checks, () -> text(checks));
    return checks.stream().allMatch(Check::intact) ? ExitStatus.DONE : ExitStatus.FAILED;
  }

  /** What is known of a sector: its facts, and the roots of its trees. */
  private record Known(SectorFacts facts, List<PAux> roots) {}

  /** What is known of all sectors, before any file is read: an unknown one refuses the command. */
  private List<Known> known(Catalog catalog, HostCore core) throws CoreException {
    NativeCore library = core.chosen().library();
    List<Known> known = new ArrayList<>();
    for (SectorId sector : sectors.sectors()) {
      SectorRecord record = SectorLookup.require(catalog, sector);
      List<PAux> roots = catalog.roots().of(record).stream().map(SectorRoots::pAux).toList();
      known.add(new Known(Inspection.facts(record, library), roots));
    }
    return known;
  }

  private Level level() {
    if (full) {
      return Level.full;
    }
    return level == null ? Level.sample : level;
  }

  private Check check(HostCore core, WorkerConfig config, Known sector, CheckedRoots roots)
      throws IOException, InterruptedException, CoreException {
    SectorFacts facts = sector.facts();
    CopyFindings findings =
        new CopyFindings(
            request -> core.run(request, progress -> {}),
            core.chosen().library(),
            facts,
            sector.roots(),
            level().level);
    List<Copy> all = new ArrayList<>();
    boolean intact = true;
    for (Replica replica : SectorKind.of(facts).replicas()) {
      List<Copy> copies = copies(config, facts, replica, findings, roots);
      intact &= copies.stream().anyMatch(Copy::isIntact);
      all.addAll(copies);
    }
    return new Check(facts.sector(), intact, level().read, all);
  }

  private List<Copy> copies(
      WorkerConfig config,
      SectorFacts facts,
      Replica replica,
      CopyFindings findings,
      CheckedRoots roots)
      throws IOException, InterruptedException, CoreException {
    List<CopySearch.Copy> found =
        CopySearch.all(
            Stores.of(config), facts.sector(), replica, at -> faults(facts, replica, at, findings));
    for (CopySearch.Copy copy : found) {
      // Sizes alone do not show that its p_aux is right.
      if (copy.proves() && level() != Level.sizes) {
        keep(roots, facts, replica, copy.at());
      }
    }
    List<Copy> copies = found.stream().map(copy -> Copy.of(name(replica), copy)).toList();
    return copies.isEmpty()
        ? List.of(
            new Copy(
                name(replica),
                null,
                Map.of(),
                "lost",
                List.of("no store of this host has any file of it")))
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

  private List<String> faults(
      SectorFacts facts, Replica replica, Placement at, CopyFindings findings)
      throws IOException, InterruptedException {
    if (level() == Level.full) {
      shell.say(
          "Reading %s of sector %s in store \"%s\" …"
              .formatted(name(replica), facts.sector(), at.names()));
    }
    return findings.of(replica, at.files());
  }

  private static String name(Replica replica) {
    return replica.name().toLowerCase(Locale.ROOT);
  }

  private static String text(List<Check> checks) {
    Table table = new Table("Sector", "Replica", "Store", "Verdict", "Why");
    for (Check check : checks) {
      for (Copy copy : check.copies()) {
        // A row for each fault.
        List<String> faults =
            copy.faults().isEmpty() ? Collections.singletonList(null) : copy.faults();
        faults.forEach(
            fault ->
                table.add(check.sector(), copy.replica(), copy.store(), copy.verdict(), fault));
      }
    }
    long intact = checks.stream().filter(Check::intact).count();
    return "%s%d of %d sectors are intact.%n".formatted(table, intact, checks.size());
  }
}
