package io.reseal.checks;

import io.reseal.appraisal.LossReader;
import io.reseal.appraisal.LossReading;
import io.reseal.catalog.Catalog;
import io.reseal.contract.LossScan;
import io.reseal.contract.RepairLookActivities;
import io.reseal.losses.RepairOnHost;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import io.temporal.activity.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks for what this host can do for the losses of a scan, sector by sector. */
public final class RepairLookActivitiesImpl implements RepairLookActivities {

  private final String host;
  private final Catalog catalog;
  private final LeftInStores left;
  private final RoomOnHost room;
  private final PieceLook.Places places;

  /**
   * @param host this host's name
   * @param left looks for what stores have left
   * @param room looks for room
   * @param places where pieces may be
   */
  public RepairLookActivitiesImpl(
      String host, Catalog catalog, LeftInStores left, RoomOnHost room, PieceLook.Places places) {
    this.host = host;
    this.catalog = catalog;
    this.left = left;
    this.room = room;
    this.places = places;
  }

  @Override
  public void lookForRepairs(LossScan scan) {
    List<SectorId> lost = lost(scan);
    Map<SectorId, SectorRecord> records = catalog.sectors().find(lost);
    PieceLook pieces = new PieceLook(places);
    List<RepairOnHost> repairs = new ArrayList<>();
    for (SectorId sector : lost) {
      Optional.ofNullable(records.get(sector))
          .ifPresent(record -> repairs.add(repair(record, pieces)));
      Activity.getExecutionContext().heartbeat(repairs.size());
    }
    catalog.losses().answered(scan.miner(), scan.startedAt(), host, repairs);
  }

  private List<SectorId> lost(LossScan scan) {
    return catalog.losses().find(scan.miner(), scan.startedAt()).stream()
        .map(begun -> new LossReader(catalog, Map.of()).read(begun, begun.askedAt()))
        .flatMap(read -> read.lines().stream())
        .filter(LossReading.Line::isLost)
        .map(LossReading.Line::sector)
        .toList();
  }

  private RepairOnHost repair(SectorRecord record, PieceLook pieces) {
    RepairOnHost.OfWhatIsLeft repair = left.repair(record).orElse(null);
    return new RepairOnHost(
        record.id(), repair, pieces.found(record), room.lack(record, repair).orElse(null));
  }
}
