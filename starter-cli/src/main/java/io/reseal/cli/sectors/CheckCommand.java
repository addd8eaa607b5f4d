package io.reseal.cli.sectors;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.arguments.WorkerFileMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.config.ByteSizes;
import io.reseal.config.WorkerConfig;
import io.reseal.contract.CheckLevel;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.doctor.HostCore;
import io.reseal.files.Placement;
import io.reseal.files.Replica;
import io.reseal.files.SectorKind;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.files.UnclearedCache;
import io.reseal.inspection.Inspection;
import io.reseal.problem.RefusedException;
import io.reseal.record.SectorRecord;
import io.reseal.record.SectorRoots;
import io.reseal.sector.PAux;
import io.reseal.sector.SectorId;
import io.reseal.steps.CheckedRoots;
import io.reseal.steps.CopyFindings;
import io.reseal.steps.CopyRecords;
import io.reseal.steps.CopySearch;
import io.reseal.steps.UnsealedCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks whether the copies of sectors in a host's stores are intact. */
@Command(
    name = "check",
    description = {
      "Check every copy of sectors in this host's stores: of the sectors that are named, or of all"
          + " that the stores have of a miner (--miner), in one store (--store), or altogether"
          + " (--all). Changes nothing in the stores; the catalog keeps what was found, and comm_c"
          + " of each copy that can be proven, as `sectors learn` does.",
      "Exit status 0 if each sector has an intact copy of each of its parts, otherwise 1."
    })
public final class CheckCommand implements Callable<Integer> {

  /** How much is read. */
  enum Level {
    sizes(CheckLevel.SIZES, "sizes"),
    sample(CheckLevel.SAMPLE, "sample"),
    full(CheckLevel.FULL, "whole");

    private final CheckLevel level;
    private final String read;

    /**
     * @param read what JSON calls it
     */
    Level(CheckLevel level, String read) {
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

  @Mixin private CheckedSectors sectors;

  @Mixin private OutputMixin output;

  public CheckCommand(Shell shell) {
    this.shell = shell;
  }

  /**
   * One copy of a replica, or a line that says there is none.
   *
   * @param replica {@code sealed}, {@code update}, or {@code unsealed}: a copy of the data, which
   *     the sector need not have
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
   * @param uncleared what stores have in cache directories that were not cleared
   */
  record Check(
      SectorId sector, boolean intact, String read, List<Copy> copies, List<Uncleared> uncleared) {}

  /**
   * What a store has of a sector that other software removes once the sector is proven.
   *
   * @param store its name
   * @param files what is there, for people
   * @param bytes how much that is
   */
  record Uncleared(String store, String files, long bytes) {}

  @Override
  public Integer call() throws IOException, InterruptedException, CoreException {
    WorkerConfig config = worker.require(shell, "the stores");
    if (full && level != null && level != Level.full) {
      throw new RefusedException("--full is --level full: give one of the two.");
    }
    sectors.validate();
    HostCore core = HostCore.find(Optional.of(config), shell.environment());
    Stores stores = Stores.of(config);
    List<Check> checks = new ArrayList<>();
    boolean complete;
    try (Services services = shell.services()) {
      Catalog catalog = services.catalog();
      CheckedSectors.Chosen chosen = sectors.choose(catalog, stores);
      chosen.remarks().forEach(shell::say);
      complete = chosen.remarks().isEmpty();
      Kept kept =
          new Kept(
              new CheckedRoots(catalog.roots(), core.chosen().library(), config.name()),
              new CopyRecords(catalog.copies(), config.name(), shell.requester()));
      for (SectorId sector : chosen.sectors()) {
        Optional<Known> known = known(catalog, core, sector);
        complete &= known.isPresent();
        if (known.isPresent()) {
          checks.add(check(core, stores, chosen.store(), known.get(), kept));
        }
      }
    }
    output.print(shell.out(), checks, () -> text(checks));
    return complete && checks.stream().allMatch(Check::intact)
        ? ExitStatus.DONE
        : ExitStatus.FAILED;
  }

  /** What is known of a sector: its facts, and the roots of its trees. */
  private record Known(SectorFacts facts, List<PAux> roots) {}

  /** Where the catalog keeps what is learned from copies. */
  private record Kept(CheckedRoots roots, CopyRecords copies) {}

  /** Empty, once it was said why, if its record does not fit together. */
  private Optional<Known> known(Catalog catalog, HostCore core, SectorId sector)
      throws CoreException {
    SectorRecord record = SectorLookup.require(catalog, sector);
    List<PAux> roots = catalog.roots().of(record).stream().map(SectorRoots::pAux).toList();
    try {
      return Optional.of(new Known(Inspection.facts(record, core.chosen().library()), roots));
    } catch (IllegalArgumentException e) {
      if (sectors.areNamed()) {
        throw e;
      }
      shell.say("Sector %s was not checked. %s".formatted(sector, e.getMessage()));
      return Optional.empty();
    }
  }

  private Level level() {
    if (full) {
      return Level.full;
    }
    return level == null ? Level.sample : level;
  }

  private Check check(HostCore core, Stores stores, Optional<Store> store, Known sector, Kept kept)
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
      CopySearch.Check check = at -> faults(facts, replica, at, findings);
      List<CopySearch.Copy> found =
          store.isEmpty()
              ? CopySearch.all(stores, facts.sector(), replica, check)
              : has(store.get(), facts.sector(), replica)
                  ? List.of(CopySearch.in(store.get(), stores, facts.sector(), replica, check))
                  : List.of();
      if (store.isPresent() && found.isEmpty()) {
        continue;
      }
      keep(stores, facts, replica, found, kept);
      List<Copy> copies = copies(replica, found);
      intact &= copies.stream().anyMatch(Copy::isIntact);
      all.addAll(copies);
    }
    if (all.isEmpty()) {
      all.addAll(copies(Replica.SEALED, List.of()));
    }
    boolean allIntact = intact && all.stream().noneMatch(copy -> copy.store() == null);
    List<Store> looked = store.map(List::of).orElseGet(stores::usable);
    all.addAll(unsealed(core, looked, facts, kept));
    return new Check(
        facts.sector(), allIntact, level().read, all, uncleared(looked, facts, kept.copies()));
  }

  private List<Uncleared> uncleared(List<Store> stores, SectorFacts facts, CopyRecords records) {
    List<Uncleared> all = new ArrayList<>();
    for (Store store : stores) {
      Optional<UnclearedCache> found =
          UnclearedCache.of(store.files(facts.sector()), facts.proof());
      found.ifPresent(there -> all.add(new Uncleared(store.name(), there.files(), there.bytes())));
      try {
        records.uncleared(facts.sector(), store, found);
      } catch (CatalogException e) {
        sayNotKept(facts.sector(), e);
      }
    }
    return all;
  }

  /** Copies of the data, which nothing that proves reads. */
  private List<Copy> unsealed(HostCore core, List<Store> stores, SectorFacts facts, Kept kept)
      throws IOException, InterruptedException {
    List<Copy> copies = new ArrayList<>();
    Map<Store, List<String>> found =
        UnsealedCheck.faults(
            request -> core.run(request, progress -> {}), facts, stores, level() == Level.full);
    found.forEach(
        (store, faults) ->
            copies.add(
                new Copy(
                    CopyRecords.UNSEALED,
                    store.name(),
                    Map.of(CopyRecords.UNSEALED, store.name()),
                    faults.isEmpty() ? "intact" : "damaged",
                    faults)));
    keepUnsealed(facts.sector(), stores, found, kept.copies());
    return copies;
  }

  private void keepUnsealed(
      SectorId sector, List<Store> stores, Map<Store, List<String>> found, CopyRecords records) {
    // There are no samples of it.
    CheckLevel read = level() == Level.full ? CheckLevel.FULL : CheckLevel.SIZES;
    try {
      found.forEach((store, faults) -> records.unsealedChecked(sector, store, read, faults));
      stores.stream()
          .filter(store -> !found.containsKey(store))
          .forEach(store -> records.unsealedGone(sector, store));
    } catch (CatalogException e) {
      sayNotKept(sector, e);
    }
  }

  private void sayNotKept(SectorId sector, CatalogException e) {
    shell.say(
        "What was found of sector %s was not kept in the catalog: %s"
            .formatted(sector, e.getMessage()));
  }

  private static boolean has(Store store, SectorId sector, Replica replica) {
    return replica.types().stream().anyMatch(type -> store.holds(sector, type));
  }

  private static List<Copy> copies(Replica replica, List<CopySearch.Copy> found) {
    return found.isEmpty()
        ? List.of(
            new Copy(
                CopyRecords.name(replica),
                null,
                Map.of(),
                "lost",
                List.of("no store of this host has any file of it")))
        : found.stream().map(copy -> Copy.of(CopyRecords.name(replica), copy)).toList();
  }

  /** The verdict on copies stands, even if the catalog cannot keep what was learned from them. */
  private void keep(
      Stores stores, SectorFacts facts, Replica replica, List<CopySearch.Copy> found, Kept kept)
      throws CoreException {
    try {
      for (CopySearch.Copy copy : found) {
        // Sizes alone do not show that its p_aux is right.
        if (copy.proves() && level() != Level.sizes) {
          keep(kept.roots(), facts, replica, copy.at());
        }
      }
      for (CopySearch.Copy copy : oneOfEachStore(replica, found)) {
        kept.copies().checked(facts.sector(), replica, copy.at(), level().level, copy.faults());
      }
      for (Store store : stores.usable()) {
        if (!has(store, facts.sector(), replica)) {
          kept.copies().gone(facts.sector(), replica, store);
        }
      }
    } catch (CatalogException e) {
      sayNotKept(facts.sector(), e);
    }
  }

  /** A store's file may have been looked at with what proves it from several stores. */
  private static Collection<CopySearch.Copy> oneOfEachStore(
      Replica replica, List<CopySearch.Copy> found) {
    return found.stream()
        .collect(
            Collectors.toMap(
                copy -> copy.at().of(replica.dataType()),
                copy -> copy,
                (first, other) -> first.proves() ? first : other,
                LinkedHashMap::new))
        .values();
  }

  private void keep(CheckedRoots roots, SectorFacts facts, Replica replica, Placement copy)
      throws CoreException {
    try {
      if (!roots.keep(facts, replica, copy.files())) {
        shell.say(
            "%s no longer gives the CommR that it gave when it was checked: check sector %s again."
                .formatted(copy.files().pAux(replica), facts.sector()));
      }
    } catch (IOException e) {
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
              .formatted(CopyRecords.name(replica), facts.sector(), at.names()));
    }
    return findings.of(replica, at.files());
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
      for (Uncleared uncleared : check.uncleared()) {
        table.add(
            check.sector(),
            "cache",
            uncleared.store(),
            "not cleared",
            "%s (%s); a rebuild uses what saves work"
                .formatted(uncleared.files(), ByteSizes.text(uncleared.bytes())));
      }
    }
    long intact = checks.stream().filter(Check::intact).count();
    return "%s%d of %d sectors are intact.%n".formatted(table, intact, checks.size());
  }
}
