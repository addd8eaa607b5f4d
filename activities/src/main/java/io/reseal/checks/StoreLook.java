package io.reseal.checks;

import io.reseal.catalog.CopyRepository;
import io.reseal.catalog.CopyRow;
import io.reseal.contract.CheckLevel;
import io.reseal.files.FileWork;
import io.reseal.files.Replica;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.losses.SectorOnChain;
import io.reseal.sector.SectorId;
import io.reseal.steps.CopyRecords;
import io.reseal.steps.CopySearch;
import io.reseal.steps.StoreContents;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * A look at what one store has of a miner's live sectors: whether the files that prove them are
 * there and have their sizes. Of a snapped sector only the update is proven, and only that is
 * looked at.
 */
final class StoreLook {

  /** Copies that are looked at and recorded together. */
  private static final int COPIES = 200;

  /** For so many: a disk that has to spin up takes about ten seconds. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Stores stores;
  private final Store store;
  private final Map<SectorId, SectorOnChain> live;
  private final CopyRecords records;
  private final Predicate<SectorId> rebuilt;
  private final IntConsumer progress;

  /**
   * @param live the miner's sectors that the chain expects proofs of
   * @param rebuilt whether a sector is being rebuilt, so that its files are on their way
   * @param progress is given the number of copies that were looked at, from time to time
   */
  StoreLook(
      Stores stores,
      Store store,
      Map<SectorId, SectorOnChain> live,
      CopyRecords records,
      Predicate<SectorId> rebuilt,
      IntConsumer progress) {
    this.stores = stores;
    this.store = store;
    this.live = live;
    this.records = records;
    this.rebuilt = rebuilt;
    this.progress = progress;
  }

  /**
   * Looks, and records what it finds.
   *
   * @throws IOException if the store cannot be looked at; what was found before is recorded
   */
  void look(CopyRepository copies) throws IOException {
    ScrubbedStore scrubbed = ScrubbedStore.named(stores, store.name());
    scrubbed.requireUsable();
    Set<CopyKey> here = new HashSet<>();
    for (Replica replica : Replica.values()) {
      StoreContents.sectors(stores, store, replica).stream()
          .filter(sector -> live.containsKey(sector) && proven(sector) == replica)
          .forEach(sector -> here.add(new CopyKey(sector, replica)));
    }
    List<CopyKey> gone = gone(copies, here);
    if (here.isEmpty() && !gone.isEmpty()) {
      scrubbed.requireAny();
    }
    List<CopyKey> all =
        here.stream().sorted((one, other) -> one.sector().compareTo(other.sector())).toList();
    for (int from = 0; from < all.size(); from += COPIES) {
      List<CopyKey> some = all.subList(from, Math.min(all.size(), from + COPIES));
      List<CopyRow> found = check(some);
      // A disk that went away meanwhile must not look as if its copies were damaged.
      scrubbed.requireUsable();
      copies.checked(found);
      progress.accept(from + some.size());
    }
    scrubbed.requireUsable();
    gone.forEach(copy -> records.gone(copy.sector(), copy.replica(), store));
  }

  /** A copy in this store. */
  private record CopyKey(SectorId sector, Replica replica) {}

  private Replica proven(SectorId sector) {
    return live.get(sector).snapped() ? Replica.UPDATE : Replica.SEALED;
  }

  /** What the store had when it was last looked at, and has no more. */
  private List<CopyKey> gone(CopyRepository copies, Set<CopyKey> here) {
    List<CopyKey> gone = new ArrayList<>();
    copies.eachOf(
        records.id(store),
        row -> {
          CopyKey copy = new CopyKey(row.sector(), CopyRecords.replica(row.replica()));
          if (!row.lost()
              && live.containsKey(row.sector())
              && proven(row.sector()) == copy.replica()
              && !here.contains(copy)) {
            gone.add(copy);
          }
        });
    gone.removeIf(copy -> rebuilt.test(copy.sector()));
    return gone;
  }

  private List<CopyRow> check(List<CopyKey> some) throws IOException {
    return FileWork.within(
        LIMIT,
        store.root(),
        () -> {
          List<CopyRow> found = new ArrayList<>();
          for (CopyKey copy : some) {
            FileWork.proceed();
            List<String> faults = faults(copy);
            if (faults.isEmpty() || isCertain(copy)) {
              found.add(
                  records.row(copy.sector(), copy.replica(), store, CheckLevel.SIZES, faults));
            }
          }
          return found;
        });
  }

  /** What is missing may be in a store that is away, or on its way. */
  private boolean isCertain(CopyKey copy) {
    return stores.usable().size() == stores.all().size() && !rebuilt.test(copy.sector());
  }

  private List<String> faults(CopyKey copy) throws IOException {
    try {
      return CopySearch.in(
              store,
              stores,
              copy.sector(),
              copy.replica(),
              at -> at.files().provingFaults(copy.replica(), live.get(copy.sector()).proof()))
          .faults();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("The look at the stores was interrupted.");
    }
  }
}
