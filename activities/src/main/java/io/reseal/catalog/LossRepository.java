package io.reseal.catalog;

import io.reseal.losses.RepairOnHost;
import io.reseal.losses.SectorOnChain;
import io.reseal.sector.SectorId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Scans of miners: what the chain has of their sectors, and which stores were looked at. */
public final class LossRepository {

  /** So many of a host's answers are kept in a row. */
  private static final int ROW = 1_000;

  private final CatalogAccess access;

  LossRepository(CatalogAccess access) {
    this.access = access;
  }

  /** Begins a scan; what it finds counts once it has ended. */
  public void begin(LossScanRow scan) {
    access.write(
        LossTable.class,
        table ->
            table.begin(
                scan,
                scan.onChain().clock().now(),
                String.join(" ", scan.blocks()),
                StoredJson.write(scan.onChain())));
  }

  public Optional<LossScanRow> find(long miner, long startedAt) {
    return access.read(LossTable.class, table -> table.find(miner, startedAt));
  }

  /** The newest complete scan of a miner. */
  public Optional<LossScanRow> latest(long miner) {
    return access.read(LossTable.class, table -> table.latest(miner));
  }

  /** The miners that were scanned. */
  public List<Long> miners() {
    return access.read(LossTable.class, LossTable::miners);
  }

  public void putDeadline(long miner, long startedAt, int deadline, List<SectorOnChain> sectors) {
    access.write(
        LossTable.class,
        table -> table.putDeadline(miner, startedAt, deadline, StoredJson.write(sectors)));
  }

  /** The deadlines that a scan has. */
  public Set<Integer> deadlines(long miner, long startedAt) {
    return Set.copyOf(access.read(LossTable.class, table -> table.deadlines(miner, startedAt)));
  }

  /** Passes on each sector of a scan, by deadline. */
  public void eachSector(long miner, long startedAt, Consumer<SectorOnChain> taker) {
    access.scan(
        LossTable.class,
        table ->
            table.sectors(
                miner,
                startedAt,
                json -> List.of(StoredJson.read(json, SectorOnChain[].class)).forEach(taker)));
  }

  /** Records which stores could be looked at, and which could not. */
  public void looked(long miner, long startedAt, List<ScannedStore> stores) {
    if (!stores.isEmpty()) {
      access.write(LossTable.class, table -> table.looked(miner, startedAt, stores));
    }
  }

  /** The stores that a scan has asked for. */
  public List<ScannedStore> stores(long miner, long startedAt) {
    return access.read(LossTable.class, table -> table.stores(miner, startedAt));
  }

  /** Records what a host could do for the lost sectors; another answer replaces the first. */
  public void answered(long miner, long startedAt, String host, List<RepairOnHost> repairs) {
    access.write(
        LossTable.class,
        table -> {
          for (int from = 0; from == 0 || from < repairs.size(); from += ROW) {
            List<RepairOnHost> part = repairs.subList(from, Math.min(repairs.size(), from + ROW));
            table.putRepairs(miner, startedAt, host, from / ROW, StoredJson.write(part));
          }
        });
  }

  /** What each host that has answered could do for the lost sectors. */
  public Map<String, Map<SectorId, RepairOnHost>> repairs(long miner, long startedAt) {
    Map<String, Map<SectorId, RepairOnHost>> repairs = new HashMap<>();
    access.scan(
        LossTable.class,
        table ->
            table.repairs(
                miner,
                startedAt,
                row -> {
                  Map<SectorId, RepairOnHost> its =
                      repairs.computeIfAbsent(row.host(), host -> new HashMap<>());
                  List.of(StoredJson.read(row.repairsJson(), RepairOnHost[].class))
                      .forEach(repair -> its.put(repair.sector(), repair));
                }));
    return repairs;
  }

  public void remark(long miner, long startedAt, String remarks) {
    access.write(LossTable.class, table -> table.remark(miner, startedAt, remarks));
  }

  /** Makes a scan the one that counts, and forgets earlier ones. */
  public void end(long miner, long startedAt, long at) {
    access.write(
        LossTable.class,
        table -> {
          table.end(miner, startedAt, at);
          table.forgetBefore(miner, startedAt);
        });
  }
}
