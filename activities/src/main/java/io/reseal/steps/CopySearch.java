package io.reseal.steps;

import io.reseal.files.FileType;
import io.reseal.files.Placement;
import io.reseal.files.Replica;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Searches a host's stores for the copies of a replica. A copy is usually in one store. If none of
 * these proves, one with its file in one store and the files that prove it in another counts too.
 */
public final class CopySearch {

  /** Whether a copy proves. */
  public interface Check {
    /** Why it does not, one sentence each; empty if it does. */
    List<String> faults(Placement copy) throws IOException, InterruptedException;
  }

  /**
   * A copy that was found.
   *
   * @param at where it is
   * @param faults why it cannot be proven, or empty
   * @param lacksTAux whether it lacks {@code t_aux}, which no proof reads
   */
  public record Copy(Placement at, List<String> faults, boolean lacksTAux) {

    public boolean proves() {
      return faults.isEmpty();
    }

    /** Why it cannot be proven, in one line; empty if it can. */
    public Optional<String> fault() {
      return faults.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", faults));
    }

    public boolean isIntact() {
      return proves() && !lacksTAux;
    }
  }

  private final SectorId sector;
  private final Replica replica;
  private final Check check;
  private final List<Store> withData;
  private final List<Store> withCache;
  private final List<Copy> copies = new ArrayList<>();

  private CopySearch(Stores stores, SectorId sector, Replica replica, Check check) {
    this.sector = sector;
    this.replica = replica;
    this.check = check;
    List<Store> usable = stores.usable();
    withData = usable.stream().filter(store -> store.holds(sector, replica.dataType())).toList();
    withCache = usable.stream().filter(store -> store.holds(sector, replica.cacheType())).toList();
  }

  /**
   * The copy whose file is in the store; what proves it is there or, if the store has nothing of
   * that, in another one. If no store has its file, what else the store has of it.
   */
  public static Copy in(Store store, Stores stores, SectorId sector, Replica replica, Check check)
      throws IOException, InterruptedException {
    return new CopySearch(stores, sector, replica, check).searchIn(store);
  }

  /** All copies, and what there is of others. */
  public static List<Copy> all(Stores stores, SectorId sector, Replica replica, Check check)
      throws IOException, InterruptedException {
    return new CopySearch(stores, sector, replica, check).search(false);
  }

  /** The same, but no more than one that is intact. */
  static List<Copy> untilIntact(Stores stores, SectorId sector, Replica replica, Check check)
      throws IOException, InterruptedException {
    return new CopySearch(stores, sector, replica, check).search(true);
  }

  private Copy searchIn(Store data) throws IOException, InterruptedException {
    if (withData.contains(data) && !withCache.contains(data)) {
      for (Store cache : withCache) {
        Copy apart = look(data, cache);
        if (apart.proves()) {
          return apart;
        }
      }
    }
    return look(data, data);
  }

  private List<Copy> search(boolean one) throws IOException, InterruptedException {
    for (Store store : withData) {
      if (withCache.contains(store)) {
        Copy copy = look(store, store);
        copies.add(copy);
        if (one && copy.isIntact()) {
          return copies;
        }
      }
    }
    if (copies.stream().noneMatch(Copy::proves)) {
      searchApart();
    }
    addRest();
    return copies;
  }

  /**
   * Ends at the first one that proves; of the others, those count that name a part for the first
   * time.
   */
  private void searchApart() throws IOException, InterruptedException {
    List<Copy> others = new ArrayList<>();
    for (Store data : withData) {
      for (Store cache : withCache) {
        if (data != cache) {
          Copy copy = look(data, cache);
          if (copy.proves()) {
            copies.add(copy);
            return;
          }
          others.add(copy);
        }
      }
    }
    others.stream()
        .filter(
            copy ->
                isNew(replica.dataType(), copy.at().of(replica.dataType()))
                    || isNew(replica.cacheType(), copy.at().of(replica.cacheType())))
        .forEach(copies::add);
  }

  /** Parts without a counterpart. */
  private void addRest() throws IOException, InterruptedException {
    for (Store store : withData) {
      if (isNew(replica.dataType(), store)) {
        copies.add(look(store, store));
      }
    }
    for (Store store : withCache) {
      if (isNew(replica.cacheType(), store)) {
        copies.add(look(store, store));
      }
    }
  }

  private boolean isNew(FileType type, Store store) {
    return copies.stream().noneMatch(copy -> copy.at().of(type) == store);
  }

  private Copy look(Store data, Store cache) throws IOException, InterruptedException {
    Placement at = Placement.of(sector, replica, data, cache);
    return new Copy(at, check.faults(at), at.files().lacksTAux(replica));
  }
}
