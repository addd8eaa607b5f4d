package io.reseal.files;

import io.reseal.config.WorkerConfig;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stores attached to a sealing host. */
public final class Stores {

  private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

  private static final String NO_STORE = "No attached store can take %s";

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
    return stores.stream().filter(store -> !copies.hangIn(store)).filter(Store::isUsable).toList();
  }

  /** The usable store of that name. */
  public Optional<Store> named(String name) {
    return usable().stream().filter(store -> store.name().equals(name)).findFirst();
  }

  /**
   * Puts a sealed sector into stores. What is there already, from an attempt that was killed at its
   * end or because it was never lost, stays; each other part goes where {@link StoreChoice} says. A
   * store that fails meanwhile is marked, and others take what it was to take.
   */
  public Persisted persist(SectorFiles source, SectorKind kind, Fence fence, CopyProgress progress)
      throws IOException {
    copies.left(source.sector());
    settle(source.sector(), fence);
    return persist(source, kind, new EnumMap<>(FileType.class), fence, progress);
  }

  /**
   * The same for replicas of which stores may have a part: what a store has in the directory of
   * files that prove a replica, and is right, is not touched. Only what it lacks is put there.
   */
  public Persisted persistBeside(
      SectorFiles source, SectorKind kind, Fence fence, CopyProgress progress) throws IOException {
    copies.left(source.sector());
    settle(source.sector(), fence);
    Map<FileType, Store> completed = new EnumMap<>(FileType.class);
    for (Replica replica : kind.replicas()) {
      Optional<KeptDigests> digests = KeptDigests.find(source, replica, kind.proof());
      if (digests.isPresent()) {
        complete(source.sector(), replica, digests.get().directory(), fence)
            .ifPresent(store -> completed.put(replica.cacheType(), store));
      }
    }
    return persist(source, kind, completed, fence, progress);
  }

  /**
   * Completes the directory that has most of what proves a replica.
   *
   * @return where it is; empty if no store has any of it, or none can be written
   */
  private Optional<Store> complete(
      SectorId sector, Replica replica, Map<Path, String> files, Fence fence) throws IOException {
    Optional<Store> best = Optional.empty();
    long most = 0;
    for (Store store : usable()) {
      if (!store.readonly() && marks.why(store).isEmpty()) {
        long right = store.countOf(sector, replica, files);
        if (right > most) {
          most = right;
          best = Optional.of(store);
        }
      }
    }
    if (best.isEmpty()) {
      return best;
    }
    CopiesUnderWay.Copy copy = copies.begin(sector, best.get());
    try {
      best.get().supplement(sector, replica, files, fence);
      return best;
    } catch (FileSystemException e) {
      if (!best.get().has(e)) {
        throw e;
      }
      LOG.warn("Store \"{}\" failed while sector {} was completed", best.get().name(), sector, e);
      marks.mark(best.get(), OsError.sentence(e));
      return Optional.empty();
    } finally {
      copy.ended();
    }
  }

  /**
   * @param completed types that are complete in a store although their bytes may differ, because
   *     other software writes into t_aux
   */
  private Persisted persist(
      SectorFiles source,
      SectorKind kind,
      Map<FileType, Store> completed,
      Fence fence,
      CopyProgress progress)
      throws IOException {
    Map<FileType, Store> settled = inPlace(source, kind);
    settled.putAll(completed);
    Map<Store, IOException> failures = new LinkedHashMap<>();
    while (true) {
      Placement placement = placement(source.sector(), kind, settled, failures);
      try {
        return persist(source, kind, placement, completed, fence, progress);
      } catch (FileSystemException e) {
        Store failed =
            placement.distinct().stream().filter(store -> store.has(e)).findFirst().orElse(null);
        if (failed == null) {
          throw e;
        }
        LOG.warn(
            "Store \"{}\" failed while sector {} was written", failed.name(), source.sector(), e);
        marks.mark(failed, OsError.sentence(e));
        failures.put(failed, e);
        settled.values().removeIf(store -> store == failed);
        completed.values().removeIf(store -> store == failed);
      }
    }
  }

  private Placement placement(
      SectorId sector,
      SectorKind kind,
      Map<FileType, Store> settled,
      Map<Store, IOException> failures)
      throws IOException {
    try {
      return choice(sector, kind).choose(settled, refusing(sentences(failures)), NO_STORE);
    } catch (NoStoreException e) {
      if (failures.isEmpty()) {
        throw e;
      }
      throw new StoresFailedException(sector, byName(failures));
    }
  }

  private Persisted persist(
      SectorFiles source,
      SectorKind kind,
      Placement placement,
      Map<FileType, Store> completed,
      Fence fence,
      CopyProgress progress)
      throws IOException {
    Persisted all = new Persisted(new Placement(source.sector(), completed), List.of(), 0);
    for (Store store : placement.distinct()) {
      List<FileType> types =
          placement.typesIn(store).stream().filter(type -> completed.get(type) != store).toList();
      if (types.isEmpty()) {
        continue;
      }
      long before = 2 * all.bytes();
      Persisted persisted =
          persist(
              source,
              kind,
              types,
              store,
              fence,
              (done, total) -> progress.at(before + done, before + total));
      marks.clear(store);
      all = all.and(persisted);
    }
    return all;
  }

  private Persisted persist(
      SectorFiles source,
      SectorKind kind,
      List<FileType> types,
      Store store,
      Fence fence,
      CopyProgress progress)
      throws IOException {
    CopiesUnderWay.Copy copy = copies.begin(source.sector(), store);
    try {
      return store.persist(source, kind, types, fence, progress);
    } finally {
      copy.ended();
    }
  }

  /**
   * Which types of a sealed sector a store has already, byte for byte; the store with most first.
   */
  private Map<FileType, Store> inPlace(SectorFiles source, SectorKind kind) throws IOException {
    Map<Store, List<FileType>> found = new LinkedHashMap<>();
    for (Store store : usable()) {
      List<FileType> types = new ArrayList<>();
      if (!store.readonly()) {
        for (FileType type : kind.storedTypes()) {
          if (store.holdsCopyOf(source, type, kind)) {
            types.add(type);
          }
        }
      }
      found.put(store, types);
    }
    Map<FileType, Store> settled = new EnumMap<>(FileType.class);
    found.entrySet().stream()
        .sorted(Comparator.comparing(entry -> -entry.getValue().size()))
        .forEach(
            entry -> entry.getValue().forEach(type -> settled.putIfAbsent(type, entry.getKey())));
    return settled;
  }

  /**
   * What a replica's directory had to be given.
   *
   * @param at where the replica is now
   * @param names the names of the files that were put there
   */
  public record Supplemented(Placement at, List<String> names) {}

  /**
   * Completes the directory of files that prove a replica: next to the replica, in another store
   * that has a part of it, or as a whole in a store that takes it. What is intact is not touched. A
   * store that fails meanwhile is marked, and another one takes the files.
   *
   * @param data the store that has the replica's file
   * @param files the files that the directory should have, each with its SHA-256
   */
  public Supplemented supplement(
      SectorId sector,
      Replica replica,
      SealProof proof,
      Store data,
      Map<Path, String> files,
      Fence fence)
      throws IOException {
    copies.left(sector);
    Map<Store, IOException> failures = new LinkedHashMap<>();
    while (true) {
      Store store = storeOfCache(sector, replica, proof, data, failures);
      Optional<Supplemented> done =
          supplement(sector, replica, data, store, files, fence, failures);
      if (done.isPresent()) {
        return done.get();
      }
    }
  }

  /**
   * The same for a directory that has all other files already: only there.
   *
   * @param store the store of that directory
   * @return empty if the store fails, which is then marked
   */
  public Optional<Supplemented> supplementIn(
      Store store,
      SectorId sector,
      Replica replica,
      Store data,
      Map<Path, String> files,
      Fence fence)
      throws IOException {
    copies.left(sector);
    return supplement(sector, replica, data, store, files, fence, new LinkedHashMap<>());
  }

  /** Empty if the store fails, which is then one of the failures. */
  private Optional<Supplemented> supplement(
      SectorId sector,
      Replica replica,
      Store data,
      Store store,
      Map<Path, String> files,
      Fence fence,
      Map<Store, IOException> failures)
      throws IOException {
    CopiesUnderWay.Copy copy = copies.begin(sector, store);
    try {
      List<String> names = store.supplement(sector, replica, files, fence);
      marks.clear(store);
      return Optional.of(new Supplemented(Placement.of(sector, replica, data, store), names));
    } catch (FileSystemException e) {
      if (!store.has(e)) {
        throw e;
      }
      LOG.warn("Store \"{}\" failed while sector {} was repaired", store.name(), sector, e);
      marks.mark(store, OsError.sentence(e));
      failures.put(store, e);
      return Optional.empty();
    } finally {
      copy.ended();
    }
  }

  /**
   * The store whose directory of the files that prove a replica would be completed, if there is
   * one: next to the replica, or else in another store.
   *
   * @param data the store that has the replica's file
   */
  public Optional<Store> withDirectory(SectorId sector, Replica replica, Store data) {
    return withDirectory(sector, replica, data, Map.of());
  }

  private Optional<Store> withDirectory(
      SectorId sector, Replica replica, Store data, Map<Store, IOException> failures) {
    return usable().stream()
        .filter(store -> !store.readonly() && !failures.containsKey(store))
        .filter(store -> store.holds(sector, replica.cacheType()))
        .max(Comparator.comparing(store -> store == data));
  }

  private Store storeOfCache(
      SectorId sector,
      Replica replica,
      SealProof proof,
      Store data,
      Map<Store, IOException> failures)
      throws IOException {
    FileType cache = replica.cacheType();
    Optional<Store> withPart = withDirectory(sector, replica, data, failures);
    if (withPart.isPresent()) {
      return withPart.get();
    }
    try {
      return new StoreChoice(stores, marks, sector, proof.size(), List.of(cache))
          .choose(Map.of(replica.dataType(), data), refusing(sentences(failures)), NO_STORE)
          .of(cache);
    } catch (NoStoreException e) {
      if (failures.isEmpty()) {
        throw e;
      }
      throw new StoresFailedException(sector, byName(failures));
    }
  }

  private static Map<Store, String> sentences(Map<Store, IOException> failures) {
    Map<Store, String> sentences = new LinkedHashMap<>();
    failures.forEach((store, failure) -> sentences.put(store, OsError.sentence(failure)));
    return sentences;
  }

  private static Map<String, IOException> byName(Map<Store, IOException> failures) {
    Map<String, IOException> named = new LinkedHashMap<>();
    failures.forEach((store, failure) -> named.put(store.name(), failure));
    return named;
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

  /** The stores that a sector would go into. */
  public Placement choose(SectorId sector, SectorKind kind) throws NoStoreException {
    return choice(sector, kind).choose(Map.of(), refusing(Map.of()), NO_STORE);
  }

  /** Why stores are not to be used, those in which a copy hangs included. */
  private Map<Store, String> refusing(Map<Store, String> others) {
    Map<Store, String> refusing = new LinkedHashMap<>(others);
    stores.stream()
        .filter(copies::hangIn)
        .forEach(
            store ->
                refusing.put(
                    store, "a copy that was begun there hangs; is its disk or network working?"));
    return refusing;
  }

  private StoreChoice choice(SectorId sector, SectorKind kind) {
    return new StoreChoice(stores, marks, sector, kind.proof().size(), kind.storedTypes());
  }

  /**
   * Reserves room for all that a rebuild will store; if there is not enough, for what it will store
   * if the replicas' files that stores have are intact. Nothing is reserved if the stores have all
   * of it already, because then probably nothing is lost.
   *
   * @param rebuild for which rebuild
   * @param at when it asks, in the epoch milliseconds of Temporal's server
   */
  public void reserve(SectorId sector, SectorKind kind, ScratchOrigin.Rebuild rebuild, long at)
      throws NoStoreException {
    List<FileType> all = new ArrayList<>(missing(sector, kind).storedTypes());
    if (usable().stream()
        .anyMatch(store -> store.holdsWhole(sector, FileType.UNSEALED, kind.proof()))) {
      all.remove(FileType.UNSEALED);
    }
    if (all.isEmpty()) {
      return;
    }
    List<FileType> lost = lost(sector, kind.proof(), all);
    try {
      reserve(sector, kind, all, rebuild, at);
    } catch (NoStoreException e) {
      if (lost.equals(all)) {
        throw e;
      }
      reserve(sector, kind, lost, rebuild, at);
    }
  }

  /** What of a sector a rebuild will probably store. */
  private SectorKind missing(SectorId sector, SectorKind kind) {
    boolean isWhole = kind.replicas().stream().allMatch(replica -> isWhole(sector, replica, kind));
    return isWhole ? kind.withoutReplicas() : withoutStoredKey(sector, kind);
  }

  private void reserve(
      SectorId sector,
      SectorKind kind,
      List<FileType> missing,
      ScratchOrigin.Rebuild rebuild,
      long at)
      throws NoStoreException {
    List<Store> before = usable().stream().filter(store -> store.hasReserved(sector)).toList();
    Map<Store, String> refusing = new LinkedHashMap<>();
    while (true) {
      Placement placement = toReserve(sector, kind, missing, refusing, before, at);
      Map<Store, String> lacking = new LinkedHashMap<>();
      for (Store store : placement.distinct()) {
        store
            .reserve(sector, kind.proof().size(), placement.typesIn(store), rebuild, at)
            .ifPresent(why -> lacking.put(store, why));
      }
      if (lacking.isEmpty()) {
        release(others(placement.distinct()), sector, at);
        return;
      }
      refusing.putAll(lacking);
    }
  }

  /**
   * The types that are to be made in any case: a replica's file that a store has may well stay
   * there, while what proves it is made from it.
   */
  private List<FileType> lost(SectorId sector, SealProof proof, List<FileType> types) {
    return types.stream()
        .filter(
            type ->
                Replica.of(type).filter(replica -> replica.dataType() == type).isEmpty()
                    || usable().stream().noneMatch(store -> store.holdsWhole(sector, type, proof)))
        .toList();
  }

  /** If there is no room, what this call reserved elsewhere is given up. */
  private Placement toReserve(
      SectorId sector,
      SectorKind kind,
      List<FileType> missing,
      Map<Store, String> refusing,
      List<Store> before,
      long at)
      throws NoStoreException {
    try {
      return new StoreChoice(stores, marks, sector, kind.proof().size(), missing)
          .choose(
              Map.of(),
              refusing(refusing),
              "No attached store has room for %s, so it is not sealed yet");
    } catch (NoStoreException e) {
      release(others(before), sector, at);
      throw e;
    }
  }

  private List<Store> others(List<Store> than) {
    return usable().stream().filter(store -> !than.contains(store)).toList();
  }

  /** Whether some store has each of a sector's sealed forms, by nothing but its size. */
  public boolean haveReplicas(SectorKind kind, SectorId sector) {
    return kind.replicas().stream()
        .allMatch(
            replica ->
                usable().stream()
                    .anyMatch(store -> store.holdsWhole(sector, replica.dataType(), kind.proof())));
  }

  private boolean isWhole(SectorId sector, Replica replica, SectorKind kind) {
    return whole(sector, replica, kind.proof(), store -> true).isPresent();
  }

  /**
   * Where all that proves a replica lies with its exact sizes: in one store, or else its file in
   * one and the files that prove it in another.
   *
   * @param data in which stores its file may be
   */
  public Optional<Placement> whole(
      SectorId sector, Replica replica, SealProof proof, Predicate<Store> data) {
    List<Store> withData =
        usable().stream()
            .filter(data)
            .filter(store -> store.holdsWhole(sector, replica.dataType(), proof))
            .toList();
    List<Store> withCache =
        usable().stream()
            .filter(store -> store.holdsWhole(sector, replica.cacheType(), proof))
            .toList();
    return withData.stream()
        .filter(withCache::contains)
        .findFirst()
        .map(store -> Placement.of(sector, replica, store, store))
        .or(
            () ->
                withData.stream()
                    .flatMap(
                        store ->
                            withCache.stream()
                                .map(cache -> Placement.of(sector, replica, store, cache)))
                    .findFirst());
  }

  /** A snapped sector's key that a store has is kept there. */
  private SectorKind withoutStoredKey(SectorId sector, SectorKind kind) {
    boolean kept =
        kind.replicas().contains(Replica.UPDATE) && isWhole(sector, Replica.SEALED, kind);
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
