package io.reseal.cli.sectors;

import io.reseal.catalog.Catalog;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.arguments.SectorList;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.files.OsError;
import io.reseal.files.Replica;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import io.reseal.steps.StoreContents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which sectors {@code sectors check} checks: those that are named, or those that stores have. */
final class CheckedSectors {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--store",
      paramLabel = "NAME",
      description = "Only copies in the store of that name; alone: of all sectors that it has.")
  private String store;

  @Option(
      names = "--miner",
      paramLabel = "MINER",
      description = "All sectors of this miner that the stores have.")
  private SectorArguments.Miner ofMiner;

  @Option(names = "--all", description = "All sectors that the stores have.")
  private boolean all;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MINER",
      description = SectorArguments.MINER)
  private SectorArguments.Miner miner;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "NUMBER",
      description = "Sector numbers and ranges, e.g. 123 or 100-120.")
  private List<String> numbers = List.of();

  /**
   * The sectors to check.
   *
   * @param store the only store whose copies count; empty for all
   * @param remarks what is left out, one sentence each
   */
  record Chosen(List<SectorId> sectors, Optional<Store> store, List<String> remarks) {}

  boolean areNamed() {
    return miner != null;
  }

  void validate() {
    int ways = (areNamed() ? 1 : 0) + (ofMiner == null ? 0 : 1) + (all ? 1 : 0);
    if (areNamed() && numbers.isEmpty()) {
      throw wrong(
          "Give sector numbers too, or --miner %s for all that the stores have of it."
              .formatted(miner.number()));
    }
    if (ways > 1) {
      throw wrong("Give one of: sectors, --miner, --all.");
    }
    if (ways == 0 && store == null) {
      throw wrong("Give sectors (MINER NUMBER…), --store, --miner or --all.");
    }
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  Chosen choose(Catalog catalog, Stores stores) {
    Optional<Store> only = Optional.ofNullable(store).map(name -> named(stores, name));
    if (areNamed()) {
      List<SectorId> named = SectorList.named(spec, miner.number(), numbers);
      // Before any file is read: an unknown one refuses the command.
      named.forEach(sector -> SectorLookup.require(catalog, sector));
      return new Chosen(named, only, List.of());
    }
    List<String> remarks = new ArrayList<>();
    Set<SectorId> found = new TreeSet<>();
    for (Store one : only.map(List::of).orElse(stores.all())) {
      found.addAll(sectors(stores, one, remarks));
    }
    Set<SectorId> known = catalog.sectors().known(found);
    int unknown = found.size() - known.size();
    if (unknown > 0) {
      remarks.add(
          "%,d sectors were not checked, because the catalog does not know them: import them (reseal import --help), then run this again."
              .formatted(unknown));
    }
    return new Chosen(List.copyOf(new TreeSet<>(known)), only, remarks);
  }

  /** What a store has of the wanted miner's; a store that cannot be read is left out. */
  private Set<SectorId> sectors(Stores stores, Store one, List<String> remarks) {
    Set<SectorId> found = new TreeSet<>();
    Optional<String> unusable =
        one.answers()
            ? one.wrongIdentity()
            : Optional.of("it does not answer: check its disk or network mount");
    if (unusable.isPresent()) {
      remarks.add("Store \"%s\" was not checked: %s.".formatted(one.name(), unusable.get()));
      return found;
    }
    try {
      for (Replica replica : Replica.values()) {
        StoreContents.sectors(stores, one, replica).stream()
            .filter(sector -> ofMiner == null || ofMiner.number() == sector.miner())
            .forEach(found::add);
      }
    } catch (IOException e) {
      remarks.add("Store \"%s\" was not checked: %s".formatted(one.name(), OsError.sentence(e)));
    }
    return found;
  }

  private static Store named(Stores stores, String name) {
    return stores.all().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    "This host has no store \"%s\"; it has %s."
                        .formatted(
                            name,
                            stores.all().stream()
                                .map(one -> "\"" + one.name() + "\"")
                                .collect(Collectors.joining(", ")))));
  }
}
