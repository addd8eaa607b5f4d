package io.reseal.cli.batch;

import io.reseal.appraisal.BatchPlan;
import io.reseal.appraisal.LossReading;
import io.reseal.catalog.BatchLoss;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.ThreadRow;
import io.reseal.losses.Loss;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What scans know of the losses among a new batch's sectors. */
public final class BatchLosses {

  private record Known(Loss loss, LossReading.Read read) {}

  /**
   * The losses of a batch.
   *
   * @param works how long the repair of each takes, or null where that is not known
   */
  public record Planned(List<BatchLoss> losses, List<Duration> works) {}

  private final Map<SectorId, Known> known = new HashMap<>();
  private final Instant now;

  /**
   * @param scans what was found
   */
  public BatchLosses(Stream<LossReading.Read> scans, Instant now) {
    this.now = now;
    scans.forEach(
        read ->
            read.lines().forEach(line -> known.put(line.sector(), new Known(line.loss(), read))));
  }

  /** Those of the sectors that a scan found lost, faulty or disputed, in the order they begin. */
  public Planned plan(BatchRecord batch, List<ThreadRow> threads, List<SectorId> sectors) {
    List<Known> lost = among(sectors);
    // A sector that no scan has is sealed too, for as long as nobody knows.
    boolean all = lost.size() == sectors.size();
    List<Duration> works = lost.stream().map(each -> all ? each.loss().work() : null).toList();
    Iterator<Long> ends = BatchPlan.of(batch, threads, now).ends(works).iterator();
    List<BatchLoss> losses = new ArrayList<>();
    lost.forEach(each -> losses.add(loss(each, ends.next())));
    return new Planned(losses, works);
  }

  /** The same of sectors that do not begin for now. */
  public List<BatchLoss> withoutPlan(List<SectorId> sectors) {
    return among(sectors).stream().map(each -> loss(each, null)).toList();
  }

  private List<Known> among(List<SectorId> sectors) {
    return sectors.stream().filter(known::containsKey).map(known::get).toList();
  }

  private BatchLoss loss(Known each, Long plannedAt) {
    return BatchLoss.of(
        each.loss(),
        each.read().clock(),
        now.toEpochMilli(),
        each.read().scan().askedAt(),
        plannedAt);
  }
}
