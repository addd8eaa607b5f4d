package io.reseal.catalog;

import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The copies in the stores of all hosts, of replicas and of the unsealed data: when each was last
 * checked, and what is wrong with it.
 */
public final class CopyRepository {

  private final CatalogAccess access;

  CopyRepository(CatalogAccess access) {
    this.access = access;
  }

  /**
   * Records what checks found. Damage stays until a check of the same level as the one that found
   * it, or a higher one, finds nothing wrong.
   */
  public void checked(List<CopyRow> copies) {
    if (!copies.isEmpty()) {
      access.write(CopyTable.class, table -> table.checked(copies));
    }
  }

  /** Forgets a copy that was moved away on purpose. */
  public void forget(CopyRow copy) {
    access.write(CopyTable.class, table -> table.forget(copy));
  }

  /** Notes that a rebuild was started because of damage to a sector's copies. */
  public void repairStarted(SectorId sector, long at) {
    access.write(
        CopyTable.class, table -> table.repairStarted(sector.miner(), sector.number(), at));
  }

  /** Records what a store has of a sector in a cache directory that was not cleared. */
  public void uncleared(UnclearedRow row) {
    access.write(UnclearedTable.class, table -> table.seen(row));
  }

  /** Records that a store has nothing of that kind of a sector. */
  public void cleared(String storeId, SectorId sector) {
    access.write(
        UnclearedTable.class, table -> table.cleared(storeId, sector.miner(), sector.number()));
  }

  /** What stores of all hosts have of a sector in cache directories that were not cleared. */
  public List<UnclearedRow> uncleared(SectorId sector) {
    return access.read(UnclearedTable.class, table -> table.of(sector.miner(), sector.number()));
  }

  /** A sector's copies on all hosts. */
  public List<CopyRow> of(SectorId sector) {
    return access.read(CopyTable.class, table -> table.of(sector.miner(), sector.number()));
  }

  /** Passes on the copies of replicas that were ever seen in a store. */
  public void eachOf(String storeId, Consumer<CopyRow> taker) {
    access.scan(CopyTable.class, table -> table.ofStore(storeId, taker));
  }

  /** Passes on the copies of the replicas of a miner's sectors on all hosts. */
  public void eachOfMiner(long miner, Consumer<CopyRow> taker) {
    access.scan(CopyTable.class, table -> table.ofMiner(miner, taker));
  }

  /** The damaged and lost copies of all sectors, or one miner's, by sector. */
  public List<CopyRow> damaged(Optional<Long> miner) {
    return access.read(CopyTable.class, table -> table.damaged(miner));
  }

  /** The damaged and lost copies of replicas in a store, longest damaged first. */
  public List<CopyRow> damagedIn(String storeId) {
    return access.read(CopyTable.class, table -> table.damagedIn(storeId));
  }

  /**
   * How many copies in each store are damaged or lost, by the stores' ids; only stores with any.
   */
  public Map<String, Long> damagedByStore() {
    return access.read(CopyTable.class, CopyTable::damagedByStore);
  }
}
