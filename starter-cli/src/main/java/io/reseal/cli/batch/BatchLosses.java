package io.reseal.cli.batch;

import io.reseal.appraisal.LossReading;
import io.reseal.catalog.BatchLoss;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.losses.Loss;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** What the newest scans know of the losses among a new batch's sectors. */
final class BatchLosses {

  private record Known(Loss loss, LossReading.Read read) {}

  /**
   * The losses of a batch.
   *
   * @param works how long the repair of each takes, or null where that is not known
   */
  record Planned(List<BatchLoss> losses, List<Duration> works) {}

  private BatchLosses() {}

  /** Those of the sectors that a scan found lost, faulty or disputed, in the batch's order. */
  static List<BatchLoss> of(
      Catalog catalog, BatchRecord batch, List<SectorId> sectors, Instant now) {
    return plan(catalog, batch, sectors, now).losses();
  }

  /** The same with the time that each takes. */
  static Planned plan(Catalog catalog, BatchRecord batch, List<SectorId> sectors, Instant now) {
    Map<SectorId, Known> known = new HashMap<>();
    LossReading.newest(catalog, sectors, now.toEpochMilli())
        .forEach(
            read ->
                read.lines()
                    .forEach(
                        line ->
                            known.put(
                                line.loss().sector().sector(), new Known(line.loss(), read))));
    List<Known> lost = sectors.stream().filter(known::containsKey).map(known::get).toList();
    // A sector that no scan has is sealed too, for as long as nobody knows.
    boolean all = lost.size() == sectors.size();
    List<Duration> works = lost.stream().map(each -> all ? each.loss().work() : null).toList();
    Iterator<Long> ends = BatchPlan.of(batch, catalog.threads().all(), now).ends(works).iterator();
    List<BatchLoss> losses = new ArrayList<>();
    for (Known each : lost) {
      losses.add(
          BatchLoss.of(
              each.loss(),
              each.read().clock(),
              now.toEpochMilli(),
              each.read().scan().askedAt(),
              ends.next()));
    }
    return new Planned(losses, works);
  }
}
