package io.reseal.cli.batch;

import io.reseal.appraisal.Obstacle;
import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.BatchRate;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.BatchTally;
import io.reseal.catalog.FollowedRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.show.Listing;
import io.reseal.cli.show.RunText;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import io.reseal.contract.HeldBack;
import io.reseal.contract.RunRecord;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The progress of a batch, as shown by {@code batch state}.
 *
 * @param batch the batch
 * @param counts how many sectors are where
 * @param perHour sectors finished an hour, by the last ones; null before the first
 * @param etaSeconds seconds until the rest is done at that rate, parked ones left out; null if
 *     unknown
 * @param running what is on its way
 * @param parked what waits for a person
 * @param notStarted what the batch does not start for now, by the newest scan
 * @param worthless what is on its way although the newest scan says that it is not worth it any
 *     more
 * @param onChain how many of the finished ones have which status on chain since they were put back;
 *     {@code not seen} for those that were not looked at
 * @param chainNeedsYou those of them that the chain will not have proven unless a person acts
 */
public record BatchView(
    BatchRecord batch,
    BatchCounts counts,
    Double perHour,
    Long etaSeconds,
    List<Running> running,
    List<Parked> parked,
    List<NotStarted> notStarted,
    List<NotStarted> worthless,
    Map<String, Long> onChain,
    List<ChainTrouble> chainNeedsYou) {

  /**
   * A rebuild in progress.
   *
   * @param sector which sector
   * @param state where it is
   * @param host which sealing thread has it, or null
   * @param progress of the running step, or null
   */
  record Running(SectorId sector, RebuildState state, String host, String progress) {}

  /**
   * A rebuild that is parked or paused.
   *
   * @param sector which sector
   * @param state where it stands
   * @param why why, and what to do
   */
  record Parked(SectorId sector, RebuildState state, String why) {}

  /**
   * A sector of which the newest scan says why it should not be rebuilt now.
   *
   * @param sector which sector
   * @param heldBack the kind of reason
   * @param why the reason for people
   */
  record NotStarted(SectorId sector, HeldBack heldBack, String why) {}

  /**
   * A sector that is in its store and will not be proven unless a person acts.
   *
   * @param sector which sector
   * @param why what is wrong
   * @param command what to run, or null
   */
  record ChainTrouble(SectorId sector, String why, String command) {}

  static BatchView of(
      BatchRecord batch,
      BatchTally tally,
      Optional<BatchRate> rate,
      List<BatchOutcome> open,
      List<ThreadRow> threads,
      Map<SectorId, Obstacle> obstacles,
      List<SectorId> queued,
      List<FollowedRow> troubled) {
    Map<SectorId, String> progress =
        threads.stream()
            .filter(thread -> thread.sector() != null && thread.progress() != null)
            .collect(Collectors.toMap(ThreadRow::sector, ThreadRow::progress, (one, other) -> one));
    return new BatchView(
        batch,
        tally.counts(),
        rate.map(BatchRate::perHour).orElse(null),
        rate.filter(its -> !batch.state().isEnd())
            .map(its -> its.secondsLeft(tally.counts()))
            .orElse(null),
        runs(open, BatchOutcome.Kind.RUNNING).stream()
            .map(
                run ->
                    new Running(
                        run.sector(), run.state(), RunText.thread(run), progress.get(run.sector())))
            .toList(),
        runs(open, BatchOutcome.Kind.PARKED).stream()
            .map(run -> new Parked(run.sector(), run.state(), RunText.whyParked(run)))
            .toList(),
        withObstacles(queued.stream(), obstacles)
            .filter(sector -> !batch.insist() || sector.heldBack() != HeldBack.TOO_LATE)
            .toList(),
        withObstacles(open.stream().map(BatchOutcome::sector), obstacles)
            .filter(sector -> sector.heldBack() == HeldBack.TOO_LATE)
            .toList(),
        tally.onChain(),
        troubled.stream().map(BatchView::trouble).toList());
  }

  private static Stream<NotStarted> withObstacles(
      Stream<SectorId> sectors, Map<SectorId, Obstacle> obstacles) {
    return sectors
        .filter(obstacles::containsKey)
        .map(
            sector -> {
              Obstacle obstacle = obstacles.get(sector);
              return new NotStarted(sector, obstacle.kind(), obstacle.why());
            });
  }

  private static ChainTrouble trouble(FollowedRow row) {
    return row.attention() != null
        ? new ChainTrouble(row.sector(), row.attention(), row.command())
        : new ChainTrouble(row.sector(), row.software().text(), row.software().command());
  }

  private static List<RunRecord> runs(List<BatchOutcome> outcomes, BatchOutcome.Kind kind) {
    return outcomes.stream()
        .filter(outcome -> outcome.kind() == kind)
        .map(BatchOutcome::run)
        .toList();
  }

  String text() {
    Listing page = new Listing();
    page.line(0, "Batch %s: %s", batch.name(), batch.state());
    page.value("Note", batch.note());
    page.value("Requested by", batch.requestedBy());
    page.value("Started", Spans.time(batch.startedAt()));
    page.value("Ended", Spans.time(batch.endedAt()));
    page.value("At a time", batch.parallel());
    page.line(0, "");
    page.value("Sectors", batch.sectors());
    page.value("Finished", counts.finished());
    page.value("Dropped", counts.dropped());
    page.value("Running", counts.running());
    page.value("Parked", counts.parked());
    page.value("Queued", counts.queued());
    onChain.forEach((word, count) -> page.value("On chain: " + word, count));
    page.value("Per hour", perHour == null ? null : BatchText.rate(perHour));
    page.value("ETA", etaSeconds == null ? null : Spans.of(Duration.ofSeconds(etaSeconds)));
    if (!running.isEmpty()) {
      Table table = new Table("Sector", "State", "Thread", "Progress");
      running.forEach(run -> table.add(run.sector(), run.state(), run.host(), run.progress()));
      page.line(0, "");
      page.line(0, "Running:");
      page.block(table.toString());
    }
    if (!parked.isEmpty()) {
      page.line(0, "");
      page.line(0, "Parked, waiting for you:");
      parked.forEach(run -> page.value(run.sector() + " " + run.state(), run.why()));
      page.line(1, "When that is mended: reseal batch retry-parked %s", batch.name());
    }
    if (!notStarted.isEmpty()) {
      page.line(0, "");
      page.line(0, "Not started for now:");
      notStarted.forEach(sector -> page.value(sector.sector().toString(), sector.why()));
    }
    if (!worthless.isEmpty()) {
      page.line(0, "");
      page.line(0, "On their way, but not worth it any more by the newest scan:");
      for (NotStarted sector : worthless) {
        page.value(sector.sector().toString(), sector.why());
        page.value(
            "To stop it",
            "reseal abort %d %d".formatted(sector.sector().miner(), sector.sector().number()));
      }
    }
    if (!chainNeedsYou.isEmpty()) {
      page.line(0, "");
      page.line(0, "In their stores, but not to be proven unless you act:");
      for (ChainTrouble trouble : chainNeedsYou) {
        page.value(trouble.sector().toString(), trouble.why());
        page.valueIfAny("Run", trouble.command());
      }
    }
    return page.toString();
  }
}
