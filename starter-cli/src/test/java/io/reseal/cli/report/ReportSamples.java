package io.reseal.cli.report;

import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchLoss;
import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.FollowedRow;
import io.reseal.contract.BatchState;
import io.reseal.contract.ChangeKind;
import io.reseal.contract.Names;
import io.reseal.contract.OnChain;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.losses.Verdict;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch of a dead disk while it runs: of each ten sectors, in order, six are back and proven, one
 * is back and recovering, then one each waits for a person, is being rebuilt, and is not begun.
 */
public final class ReportSamples {

  /** When the batch began. */
  public static final long BEGAN = 1_764_000_000_000L;

  /** A text that would do harm, or break the page, if it were put into it as it is. */
  public static final String NASTY =
      "<script>document.title='x'</script>&'\u0007\ud800\u202e\n</td> %d";

  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = 24 * HOUR;
  private static final int AT_A_TIME = 16;
  private static final BigInteger FEE = new BigInteger("903725624084472");

  private ReportSamples() {}

  /** As known at {@link #now}. */
  public static BatchReport report(int sectors, boolean scanned) {
    List<BatchReport.Sector> all = new ArrayList<>();
    for (int i = 0; i < sectors; i++) {
      all.add(sector(i, scanned));
    }
    return new BatchReport(
        new BatchRecord(
            "disk-7",
            sectors,
            AT_A_TIME,
            null,
            false,
            false,
            false,
            null,
            true,
            false,
            NASTY,
            BEGAN,
            null,
            BatchState.RUNNING,
            null),
        new BatchCounts("disk-7", 0, 0, 0, 0, sectors),
        all);
  }

  /** When the report is made. */
  public static long now(int sectors) {
    return storedAt(sectors) + DAY;
  }

  /** The page, as the command writes it. */
  public static String page(int sectors, boolean scanned) throws IOException {
    return page(report(sectors, scanned), now(sectors));
  }

  static String page(BatchReport report, long now) throws IOException {
    StringBuilder page = new StringBuilder();
    TimeAxis worked = ReportPage.worked(report, now);
    HostWork work = new HostWork(worked);
    report.sectors().forEach(sector -> sector.changes().forEach(work));
    new ReportPage(report, work, worked, page, now).write();
    return page.toString();
  }

  private static long storedAt(int i) {
    return BEGAN + (1L + i / AT_A_TIME) * 5 * HOUR + i % AT_A_TIME * HOUR / 4;
  }

  private static BatchReport.Sector sector(int i, boolean scanned) {
    SectorId id = new SectorId(1001, 100 + i);
    RunRecord run = run(i, id);
    BatchOutcome outcome = new BatchOutcome(i, id, run);
    return new BatchReport.Sector(
        outcome,
        outcome.kind(),
        run == null ? List.of() : changes(i, run),
        scanned ? loss(i, id) : null,
        scanned && run != null && run.endedAt() != null ? chain(i, id) : null);
  }

  private static RunRecord run(int i, SectorId id) {
    int kind = i % 10;
    if (kind == 9) {
      return null;
    }
    long end = storedAt(i);
    boolean done = kind < 7;
    return new RunRecord(
        "run-" + i,
        Names.workflowId(id),
        id,
        done ? RebuildState.FINISHED : RebuildState.PC1_DONE,
        "host-" + (char) ('a' + i % 4),
        i / 4 % 4,
        end - 4 * HOUR,
        end,
        done ? end : null,
        12,
        "disk-7",
        null,
        kind == 7 ? "Sector.PieceMissing: piece baga6ea4seaq" + i + " is nowhere. " + NASTY : null,
        null,
        NASTY);
  }

  private static List<StateChange> changes(int i, RunRecord run) {
    long at = run.startedAt();
    List<StateChange> changes = new ArrayList<>();
    for (Step step :
        List.of(
            Step.FETCH_PIECES,
            Step.ADD_PIECES,
            Step.TREE_D,
            Step.PC1,
            Step.PC2,
            Step.CHECK_SEALED,
            Step.PERSIST,
            Step.CHECK_STORED)) {
      long took = step == Step.PC1 ? 3 * HOUR : HOUR / 7;
      changes.add(
          new StateChange(
              changes.size(),
              RebuildState.EMPTY,
              at + took,
              step.title(),
              run.host(),
              run.threadIndex(),
              1,
              at,
              at + took,
              took,
              i == 0 ? NASTY : null,
              ChangeKind.STEP_DONE));
      at += took;
    }
    return run.endedAt() == null ? changes.subList(0, 4) : changes;
  }

  private static BatchLoss loss(int i, SectorId id) {
    boolean faulty = i % 2 == 0;
    long faultAt = BEGAN + (faulty ? -DAY : DAY / 2);
    return new BatchLoss(
        id,
        BEGAN - HOUR,
        faulty ? Verdict.FAULTY : Verdict.WILL_FAULT,
        "its sealed file, in disk-7 of store-2",
        32L << 30,
        i % 3 == 0,
        i % 48,
        0,
        faulty ? null : Long.valueOf(faultAt - HOUR),
        faultAt,
        DAY,
        faultAt + 42 * DAY - i % 30 * DAY,
        BEGAN + 400 * DAY,
        BEGAN + (1L + i / AT_A_TIME) * 4 * HOUR,
        new BigInteger("140000000000000007"),
        FEE,
        FEE.divide(BigInteger.valueOf(4)),
        new BigInteger("11900000000000000"));
  }

  private static FollowedRow chain(int i, SectorId id) {
    boolean proven = i % 10 < 6;
    long seen = storedAt(i) + DAY / 2;
    return new FollowedRow(
        id,
        proven ? OnChain.Status.PROVEN : OnChain.Status.RECOVERING,
        4_283_020 + i,
        "faulty (epoch 4280000) → proven (epoch 4283020)",
        proven
            ? "Proven in deadline 17, by epoch 4283020."
            : "Its recovery is declared; it is to be proven in deadline 17.",
        null,
        null,
        null,
        seen,
        null,
        4_283_020L,
        seen,
        null);
  }
}
