package io.reseal.cli.rebuild;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.RunFilter;
import io.reseal.catalog.ScratchRow;
import io.reseal.cli.rebuild.Recovery.Action;
import io.reseal.cli.shell.Services;
import io.reseal.contract.BatchState;
import io.reseal.contract.ChangeKind;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.inspection.ScratchFindings;
import io.reseal.intake.Intake;
import io.reseal.intake.Outcome;
import io.reseal.plan.UnsealedWish;
import io.reseal.record.SectorRecord;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.reseal.temporal.TemporalConnection;
import io.reseal.temporal.TemporalRuns;
import io.reseal.temporal.VisibilityQuery;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Brings catalog and Temporal back to the work that is in scratch, after either has lost what it
 * knew: restores what the catalog lacks, ends what Temporal no longer runs, continues what was cut
 * off. What was finished or aborted stays so.
 */
final class Recover {

  /** A report that is older than this may no longer be true. */
  private static final Duration FRESH = Duration.ofSeconds(60);

  private final Services services;
  private final Catalog catalog;
  private final TemporalConnection temporal;
  private final Intake intake;
  private final String by;
  private final boolean dryRun;
  private final List<Recovery> done = new ArrayList<>();

  /**
   * @param by who asked, for the record
   * @param dryRun only say what would be done
   */
  Recover(Services services, String by, boolean dryRun) {
    this.services = services;
    this.catalog = services.catalog();
    this.temporal = services.temporal();
    this.intake = new Intake(catalog.findings());
    this.by = by;
    this.dryRun = dryRun;
  }

  /**
   * Recovers everything.
   *
   * @param scratch the work that hosts have
   */
  List<Recovery> run(List<ScratchRow> scratch) {
    restoreRuns();
    catalog.runs().unfinished(RunFilter.ANY).forEach(this::endIfGone);
    catalog.batches().working().forEach(this::endIfGone);
    bySector(scratch).forEach(this::recover);
    return done;
  }

  /** Each sector's files, the furthest first. */
  private static Map<SectorId, List<ScratchRow>> bySector(List<ScratchRow> scratch) {
    Map<SectorId, List<ScratchRow>> rows = new LinkedHashMap<>();
    scratch.stream()
        .filter(row -> row.sector() != null)
        .sorted(Comparator.comparingLong(ScratchRow::bytes).reversed())
        .forEach(row -> rows.computeIfAbsent(row.sector(), any -> new ArrayList<>()).add(row));
    return rows;
  }

  /** Rebuilds that Temporal runs and the catalog does not know, as their workflows report them. */
  private void restoreRuns() {
    try (Stream<WorkflowExecution> running =
        VisibilityQuery.RUNNING_REBUILDS.list(temporal.client())) {
      running
          .filter(execution -> catalog.runs().find(execution.getRunId()).isEmpty())
          .forEach(this::restoreRun);
    }
  }

  private void restoreRun(WorkflowExecution execution) {
    try {
      RebuildStatus status =
          temporal
              .client()
              .newWorkflowStub(RebuildWorkflow.class, execution.getWorkflowId())
              .status();
      if (status == null || catalog.runs().find(status.run().runId()).isPresent()) {
        return;
      }
      if (!dryRun) {
        catalog.runs().record(status.run(), status.changes());
      }
      add(
          Action.RESTORE,
          status.run().sector(),
          status.run().host(),
          "its rebuild runs; the catalog gets its record back");
    } catch (WorkflowException e) {
      // Without a worker it cannot report itself; it goes on all the same.
    }
  }

  private void endIfGone(RunRecord run) {
    if (temporal.find(run.workflowId(), run.runInTemporal()).isPresent()) {
      return;
    }
    if (!dryRun) {
      catalog
          .runs()
          .endFromOutside(
              run.runId(),
              "Ended by reseal recover: Temporal no longer knows this rebuild, its database was"
                  + " lost or restored from an older backup. Its finished work stays in scratch.",
              System.currentTimeMillis());
    }
    add(Action.END, run.sector(), run.host(), "Temporal no longer knows its rebuild");
  }

  private void endIfGone(BatchRecord batch) {
    if (temporal.newest(Names.batchWorkflowId(batch.name())).isPresent()) {
      return;
    }
    if (!dryRun) {
      catalog
          .batches()
          .endIfWorking(batch.name(), BatchState.ENDED_FROM_OUTSIDE, "Temporal no longer knows it");
    }
    add(
        Action.END,
        null,
        null,
        "Temporal no longer knows batch %s; to start what is left of it: reseal batch resume %s"
            .formatted(batch.name(), batch.name()));
  }

  private void recover(SectorId sector, List<ScratchRow> rows) {
    ScratchRow row = rows.get(0);
    if (isOld(row)) {
      add(
          Action.SKIP,
          sector,
          row.host(),
          "its host has not reported for more than a minute: start its worker, then try again");
      return;
    }
    if (restoredEnd(sector, row.host())) {
      return;
    }
    Optional<String> ended = ended(sector);
    switch (row.verdict()) {
      case "kept" -> {
        if (ended.isPresent()) {
          add(Action.SKIP, sector, row.host(), ended.get());
        } else if (hasRecord(row)) {
          proceed(row);
        }
      }
      case "running", "parked", "moved" -> {
        if (catalog.sectors().find(sector).isEmpty()) {
          hasRecord(row);
        }
      }
      case "ended" -> {}
      default -> add(Action.SKIP, sector, row.host(), row.reason());
    }
  }

  /** Whether Temporal knows the end of a rebuild that the catalog does not; it gets it back. */
  private boolean restoredEnd(SectorId sector, String host) {
    Optional<TemporalRuns.Run> newest = temporal.newest(Names.workflowId(sector));
    if (newest.filter(TemporalRuns.Run::isCompleted).isEmpty()
        || catalog.runs().find(newest.get().runId()).isPresent()) {
      return false;
    }
    RebuildStatus end =
        temporal
            .client()
            .newUntypedWorkflowStub(Names.workflowId(sector))
            .getResult(RebuildStatus.class);
    if (!dryRun) {
      catalog.runs().record(end.run(), end.changes());
    }
    add(
        Action.RESTORE,
        sector,
        host,
        "its rebuild has ended (%s); the catalog gets its record back"
            .formatted(end.run().state()));
    return true;
  }

  private static boolean isOld(ScratchRow row) {
    return Duration.between(row.seenAt(), Instant.now()).compareTo(FRESH) > 0;
  }

  /** Why nothing is left to do for a sector, as far as the catalog knows. */
  private Optional<String> ended(SectorId sector) {
    Optional<RunRecord> newest = catalog.runs().latest(sector);
    if (newest.isEmpty() || newest.get().endedAt() == null) {
      return Optional.empty();
    }
    if (newest.get().state() == RebuildState.FINISHED) {
      return Optional.of("the catalog has it as Finished; if that is so: " + remove(sector));
    }
    List<StateChange> changes = catalog.runs().changes(newest.get().runId());
    return changes.isEmpty() || changes.get(changes.size() - 1).kind() != ChangeKind.ABORTED
        ? Optional.empty()
        : Optional.of("its rebuild was aborted; to free the room: " + remove(sector));
  }

  private static String remove(SectorId sector) {
    return "reseal scratch remove %d %d".formatted(sector.miner(), sector.number());
  }

  /** Whether the catalog has a record that fits the files, restored from them if it has none. */
  private boolean hasRecord(ScratchRow row) {
    Optional<SectorRecord> record = catalog.sectors().find(row.sector());
    if (row.inputs() == null) {
      if (record.isEmpty()) {
        add(
            Action.SKIP,
            row.sector(),
            row.host(),
            "neither the catalog nor its scratch has its inputs: import them, then try again");
      }
      return record.isPresent();
    }
    if (record.isPresent()) {
      boolean fits = ScratchFindings.areOf(row.inputs(), record.get());
      if (!fits) {
        add(
            Action.SKIP,
            row.sector(),
            row.host(),
            "the catalog has other inputs than its scratch was made from: compare them (reseal"
                + " sectors facts), then rebuild it or remove the scratch");
      }
      return fits;
    }
    Outcome outcome = intake.take(ScratchFindings.of(row.inputs()), true);
    if (outcome.kind() != Outcome.Kind.NEW) {
      add(
          Action.SKIP,
          row.sector(),
          row.host(),
          "its inputs from scratch and the catalog's other sources do not make a record: reseal sectors facts %d %d"
              .formatted(row.sector().miner(), row.sector().number()));
      return false;
    }
    if (!dryRun) {
      intake.take(ScratchFindings.of(row.inputs()), false);
    }
    add(
        Action.RESTORE,
        row.sector(),
        row.host(),
        "the catalog gets its inputs back, with the source \"scratch\"");
    return true;
  }

  private void proceed(ScratchRow row) {
    String sentence =
        "continues on %s with %s%s".formatted(row.host(), row.state(), unsealed(row.unsealed()));
    if (!dryRun) {
      SectorRecord record = catalog.sectors().find(row.sector()).orElseThrow();
      RebuildWorkflow workflow =
          temporal.client().newWorkflowStub(RebuildWorkflow.class, RebuildStart.options(record));
      try {
        WorkflowClient.start(workflow::rebuild, request(row));
      } catch (WorkflowExecutionAlreadyStarted e) {
        add(Action.SKIP, row.sector(), row.host(), "it is being rebuilt already");
        return;
      }
    }
    add(Action.CONTINUE, row.sector(), row.host(), sentence);
  }

  private RebuildRequest request(ScratchRow row) {
    boolean prove = row.inputs() != null && row.inputs().prove();
    return new RebuildRequest(
            row.sector(),
            services.installation().timings(),
            by,
            prove,
            false,
            row.host(),
            null,
            false)
        .with(row.unsealed());
  }

  private static String unsealed(UnsealedWish wish) {
    if (wish == null) {
      return "";
    }
    return wish == UnsealedWish.ONLY ? ", only to unseal it" : ", and stores its unsealed copy too";
  }

  private void add(Action action, SectorId sector, String host, String sentence) {
    done.add(new Recovery(action, sector, host, sentence));
  }
}
