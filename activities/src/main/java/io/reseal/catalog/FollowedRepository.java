package io.reseal.catalog;

import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Optional;

/** The sectors that were put back, as the chain shows them. */
public final class FollowedRepository {

  private final CatalogAccess access;

  FollowedRepository(CatalogAccess access) {
    this.access = access;
  }

  /** Keeps what was seen last. */
  public void seen(FollowedRow row) {
    access.write(FollowedTable.class, table -> table.seen(row));
  }

  /** What was seen last of a sector that was put back. */
  public Optional<FollowedRow> of(SectorId sector) {
    return access.read(FollowedTable.class, table -> table.of(sector.miner(), sector.number()));
  }

  /** What was seen last of each sector of a batch that was ever put back. */
  public List<FollowedRow> ofBatch(String batch) {
    return access.read(FollowedTable.class, table -> table.ofBatch(batch));
  }

  /**
   * Those of a batch's finished sectors that the chain will not have proven unless a person acts,
   * as seen since they were finished.
   */
  public List<FollowedRow> troubledOfBatch(String batch) {
    return access.read(FollowedTable.class, table -> table.troubledOfBatch(batch));
  }

  /** How many there are, by miner and status. */
  public List<FollowedCount> counts() {
    return access.read(FollowedTable.class, FollowedTable::counts);
  }

  /** What was seen last of each. */
  public List<FollowedRow> all() {
    return access.read(FollowedTable.class, FollowedTable::all);
  }
}
