package io.reseal.steps;

import io.reseal.catalog.CopyRepository;
import io.reseal.catalog.CopyRow;
import io.reseal.catalog.UnclearedRow;
import io.reseal.contract.CheckLevel;
import io.reseal.files.FileType;
import io.reseal.files.Placement;
import io.reseal.files.Replica;
import io.reseal.files.Store;
import io.reseal.files.UnclearedCache;
import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the catalog knows of the copies in this host's stores, from checks of them. */
public final class CopyRecords implements StoredCopies.Records {

  /** How the catalog calls an unsealed copy. */
  public static final String UNSEALED = FileType.UNSEALED.folder();

  private final CopyRepository copies;
  private final String host;
  private final String by;

  /**
   * @param host the name of the host that has the stores
   * @param by who checks: a user, or the part of Reseal
   */
  public CopyRecords(CopyRepository copies, String host, String by) {
    this.copies = copies;
    this.host = host;
    this.by = by;
  }

  /** How the catalog calls a replica. */
  public static String name(Replica replica) {
    return replica.name().toLowerCase(Locale.ROOT);
  }

  /** The replica that the catalog calls so. */
  public static Replica replica(String name) {
    return Replica.valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** How the catalog calls a store, which other hosts may share. */
  public String id(Store store) {
    return store.identity().orElse(host + ":" + store.name());
  }

  /**
   * Records a check of a copy.
   *
   * @param faults what was found wrong, or empty
   */
  @Override
  public void checked(
      SectorId sector, Replica replica, Placement at, CheckLevel level, List<String> faults) {
    copies.checked(List.of(row(sector, replica, at.of(replica.dataType()), level, faults)));
  }

  @Override
  public void unsealedChecked(SectorId sector, Store store, CheckLevel level, List<String> faults) {
    copies.checked(List.of(row(sector, UNSEALED, store, level, faults)));
  }

  /**
   * Records what a store has of a sector in a cache directory that was not cleared, if anything.
   */
  public void uncleared(SectorId sector, Store store, Optional<UnclearedCache> found) {
    found.ifPresentOrElse(
        there ->
            copies.uncleared(
                new UnclearedRow(
                    id(store),
                    host,
                    store.name(),
                    sector,
                    there.files(),
                    there.bytes(),
                    System.currentTimeMillis(),
                    by)),
        () -> copies.cleared(id(store), sector));
  }

  /** What a check of a copy found, to be recorded. */
  public CopyRow row(
      SectorId sector, Replica replica, Store store, CheckLevel level, List<String> faults) {
    return row(sector, name(replica), store, level, faults);
  }

  private CopyRow row(
      SectorId sector, String copy, Store store, CheckLevel level, List<String> faults) {
    return CopyRow.checked(
        id(store),
        host,
        store.name(),
        sector,
        copy,
        level,
        System.currentTimeMillis(),
        by,
        faults.isEmpty() ? null : String.join("; ", faults));
  }

  /**
   * Records that a store has no file of a copy any more. One that was seen there before counts as
   * lost, unless another store has the replica: then it was moved.
   *
   * @return whether it is lost
   */
  public boolean gone(SectorId sector, Replica replica, Store store) {
    return gone(sector, name(replica), store);
  }

  /** Records that a store has no unsealed copy of a sector any more, as for a replica. */
  public boolean unsealedGone(SectorId sector, Store store) {
    return gone(sector, UNSEALED, store);
  }

  private boolean gone(SectorId sector, String copy, Store store) {
    List<CopyRow> all =
        copies.of(sector).stream().filter(row -> row.replica().equals(copy)).toList();
    String id = id(store);
    Optional<CopyRow> seen = all.stream().filter(row -> row.storeId().equals(id)).findFirst();
    if (seen.isEmpty()) {
      return false;
    }
    if (all.stream().anyMatch(row -> row.damage() == null && !row.storeId().equals(id))) {
      copies.forget(seen.get());
      return false;
    }
    copies.checked(
        List.of(
            CopyRow.lost(id, host, store.name(), sector, copy, System.currentTimeMillis(), by)));
    return true;
  }

  @Override
  public Optional<String> damage(SectorId sector, Replica replica, Store store) {
    String id = id(store);
    return copies.of(sector).stream()
        .filter(row -> row.storeId().equals(id))
        .filter(row -> row.replica().equals(name(replica)))
        .filter(row -> row.damageLevel() == CheckLevel.FULL)
        .map(CopyRow::damage)
        .findFirst();
  }
}
