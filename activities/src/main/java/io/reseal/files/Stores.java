package io.reseal.files;

import io.reseal.config.WorkerConfig;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stores attached to a sealing host. */
public final class Stores {

  private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

  private final List<Store> stores;
  private final StoreMarks marks;
  private final CopiesUnderWay copies = new CopiesUnderWay();

  public Stores(List<Store> stores) {
    this(stores, System::nanoTime);
  }

  Stores(List<Store> stores, LongSupplier nanos) {
    this.stores = List.copyOf(stores);
    this.marks = new StoreMarks(nanos);
  }

  /** The stores that a host's file attaches, for commands. */
  public static Stores of(WorkerConfig config) {
    return of(config, StoreIdentities.ofCommand(config), EndedRuns.UNKNOWN);
  }

  /** The stores that a host's file attaches. */
  public static Stores of(WorkerConfig config, StoreIdentities identities, EndedRuns runs) {
    return new Stores(
        config.attached().stream()
            .map(
                store ->
                    new Store(store.name(), store.location(), store.readonly(), identities, runs))
            .toList());
  }

  /** In the order of the host's file, whether they can be used or not. */
  public List<Store> all() {
    return stores;
  }

  /**
   * Those that answer and are the stores they were; a directory that is another one holds no
   * copies.
   */
  public List<Store> usable() {
    return stores.stream()
        .filter(store -> !copies.hangIn(store))
        .filter(Store::answers)
        .filter(store -> store.wrongIdentity().isEmpty())
        .toList();
  }

  /** The usable store of that name. */
  public Optional<Store> named(String name) {
    return usable().stream().filter(store -> store.name().equals(name)).findFirst();
  }

  /**
   * Puts a sealed sector into a store, like {@link Store#persist}: into one that already has this
   * very copy from an attempt that was killed at its end, else into the best of those that can take
   * it. A store that fails meanwhile is marked, and the next one takes the sector.
   */
  public Persisted persist(SectorFiles source, SectorKind kind, Fence fence, CopyProgress progress)
      throws IOException {
    copies.left(source.sector());
    settle(source.sector(), fence);
    Map<String, IOException> failures = new LinkedHashMap<>();
    for (Store store : toTry(source, kind)) {
      CopiesUnderWay.Copy copy = copies.begin(source.sector(), store);
      try {
        Persisted persisted = store.persist(source, kind, fence, progress);
        marks.clear(store);
        return persisted;
      } catch (FileSystemException e) {
        if (!store.has(e)) {
          throw e;
        }
        LOG.warn(
            "Store \"{}\" failed while sector {} was written", store.name(), source.sector(), e);
        marks.mark(store, OsError.sentence(e));
        failures.put(store.name(), e);
      } finally {
        copy.ended();
      }
    }
    throw new StoresFailedException(source.sector(), failures);
  }

  private List<Store> toTry(SectorFiles source, SectorKind kind) throws IOException {
    for (Store store : usable()) {
      if (!store.readonly() && store.holdsCopyOf(source, kind)) {
        return List.of(store);
      }
    }
    return able(source.sector(), kind);
  }

  /** What a store failed with during a write a short while ago, if it did. */
  public Optional<String> failed(Store store) {
    return marks.why(store);
  }

  /**
   * Completes or removes what earlier attempts began on a sector in any of the stores. A store that
   * fails is left to the next occasion.
   */
  public void settle(SectorId sector, Fence fence) {
    for (Store store : usable()) {
      if (!store.readonly()) {
        try {
          store.settle(sector, fence);
        } catch (IOException e) {
          LOG.warn(
              "What earlier attempts left of sector {} in store \"{}\" stays for now: {}",
              sector,
              store.name(),
              e.toString());
        }
      }
    }
  }

  /** The first of the stores that can take a sector. */
  public Store choose(SectorId sector, SectorKind kind) throws NoStoreException {
    return able(sector, kind).get(0);
  }

  /**
   * The stores that can take a sector, best first: one that did not fail a short while ago before
   * one that did, one that already holds part of it, the one with most free space. If none can,
   * throws a {@link NoStoreException}.
   */
  private List<Store> able(SectorId sector, SectorKind kind) throws NoStoreException {
    List<Store> able = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    for (Store store : stores) {
      refusal(store, sector, kind)
          .ifPresentOrElse(
              why -> refusals.add("\"%s\": %s".formatted(store.name(), why)),
              () -> able.add(store));
    }
    if (able.isEmpty()) {
      throw new NoStoreException(
          "No attached store can take sector %s (%s); make room in one, fix it, or attach another: %s."
              .formatted(sector, kind.proof().size(), String.join("; ", refusals)));
    }
    return bestFirst(able, sector);
  }

  /** Those that failed last; before others the one with the sector's room, then a part of it. */
  private List<Store> bestFirst(List<Store> all, SectorId sector) {
    return all.stream()
        .sorted(
            Comparator.comparing((Store store) -> marks.why(store).isEmpty())
                .thenComparing(store -> store.hasReserved(sector))
                .thenComparing(store -> store.holdsPartOf(sector))
                .thenComparing(Store::freeBytes)
                .reversed())
        .toList();
  }

  /**
   * Reserves room for all that a rebuild will store, in one store. Nothing is reserved if a store
   * has all of it already, because then probably nothing is lost.
   *
   * @param rebuild for which rebuild
   * @param at when it asks, in the epoch milliseconds of Temporal's server
   */
  public void reserve(SectorId sector, SectorKind kind, ScratchOrigin.Rebuild rebuild, long at)
      throws NoStoreException {
    List<Store> usable = usable();
    if (usable.stream().anyMatch(store -> store.holdsAllOf(sector, kind))) {
      return;
    }
    SectorKind missing = withoutStoredKey(usable, sector, kind);
    List<String> refusals = new ArrayList<>();
    stores.stream()
        .filter(store -> !usable.contains(store))
        .forEach(store -> refusals.add(refusal(store, refusal(store, sector, missing))));
    for (Store store : bestFirst(usable, sector)) {
      Optional<String> why = store.reserve(sector, missing, rebuild, at);
      if (why.isEmpty()) {
        release(usable.stream().filter(other -> other != store).toList(), sector, at);
        return;
      }
      refusals.add(refusal(store, why));
    }
    throw new NoStoreException(
        "No attached store has room for sector %s (%s), so it is not sealed yet; make room in one, fix it, or attach another: %s."
            .formatted(sector, kind.proof().size(), String.join("; ", refusals)));
  }

  private Optional<String> refusal(Store store, SectorId sector, SectorKind kind) {
    return copies.hangIn(store)
        ? Optional.of("a copy that was begun there hangs; is its disk or network working?")
        : store.refusal(sector, kind);
  }

  private static String refusal(Store store, Optional<String> why) {
    return "\"%s\": %s".formatted(store.name(), why.orElse("it cannot be used"));
  }

  /** A snapped sector's key that a store has is kept there. */
  private static SectorKind withoutStoredKey(List<Store> usable, SectorId sector, SectorKind kind) {
    boolean kept =
        kind.replicas().contains(Replica.UPDATE)
            && usable.stream()
                .anyMatch(store -> store.faults(sector, Replica.SEALED, kind.proof()).isEmpty());
    return kept ? kind.withoutKey() : kind;
  }

  /** Gives up what was reserved for a sector until then, in every store that answers. */
  public void release(SectorId sector, long until) {
    release(usable(), sector, until);
  }

  private static void release(List<Store> from, SectorId sector, long until) {
    for (Store store : from) {
      if (!store.readonly()) {
        try {
          store.release(sector, until);
        } catch (IOException e) {
          LOG.warn(
              "What is reserved for sector {} in store \"{}\" stays for now: {}",
              sector,
              store.name(),
              e.toString());
        }
      }
    }
  }

  /**
   * The store that holds a sector: one with all its files in their exact sizes is preferred to one
   * with a part, a writable one to a readonly one, a newer copy to an older one.
   */
  public Optional<Store> find(SectorId sector, SectorKind kind) {
    return usable().stream()
        .filter(store -> store.files(sector).hasStoredPart())
        .max(
            Comparator.comparing((Store store) -> store.holdsAllOf(sector, kind))
                .thenComparing(store -> !store.readonly())
                .thenComparing(
                    store -> modified(store.files(sector).data(kind.replicas().get(0)))));
  }

  /** The {@code p_aux} files of all copies of one of a sector's replicas, by a name for people. */
  public Map<String, Path> knownPAux(SectorId sector, Replica replica) throws IOException {
    Map<String, Path> known = new LinkedHashMap<>();
    for (Store store : usable()) {
      store
          .copies(sector)
          .forEach(
              (name, copy) -> {
                Path pAux = copy.pAux(replica);
                if (Files.isRegularFile(pAux)) {
                  known.put(name, pAux);
                }
              });
    }
    return known;
  }

  private static long modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      return Long.MIN_VALUE;
    }
  }
}
