package io.reseal.worker;

import io.grpc.StatusRuntimeException;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.files.Reservation;
import io.reseal.files.Scratch;
import io.reseal.files.ScratchOrigin;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.reseal.temporal.TemporalIdentity;
import io.reseal.temporal.TemporalRuns;
import io.reseal.threads.ScratchEvidence;
import io.reseal.threads.ScratchVerdict;
import io.reseal.threads.ScratchVerdict.Kind;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowServiceException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What catalog and Temporal know of the rebuild that scratch files were made for. Only if both know
 * that this very run finished or was aborted has it ended; whatever is unknown has not.
 */
final class RebuildEvidence implements ScratchEvidence {

  private static final String RECOVER =
      "To continue it: reseal recover; to give the work up: reseal scratch remove %d %d";

  private final String host;
  private final TemporalRuns temporal;
  private final Function<SectorId, Optional<RunRecord>> newestInCatalog;
  private final Function<String, Optional<RunRecord>> inCatalog;

  /**
   * @param host configured name of the host that has the files
   * @param newestInCatalog a sector's newest run
   * @param inCatalog the run with an id
   */
  RebuildEvidence(
      String host,
      TemporalRuns temporal,
      Function<SectorId, Optional<RunRecord>> newestInCatalog,
      Function<String, Optional<RunRecord>> inCatalog) {
    this.host = host;
    this.temporal = temporal;
    this.newestInCatalog = newestInCatalog;
    this.inCatalog = inCatalog;
  }

  static RebuildEvidence of(String host, TemporalRuns temporal, Catalog catalog) {
    return new RebuildEvidence(host, temporal, catalog.runs()::latest, catalog.runs()::find);
  }

  @Override
  public ScratchOrigin.Rebuild here(String workflowId, String runId) {
    Optional<TemporalIdentity> here = identity();
    return new ScratchOrigin.Rebuild(
        here.map(TemporalIdentity::cluster).orElse(null),
        here.map(TemporalIdentity::namespace).orElse(null),
        workflowId,
        runId);
  }

  /** Empty if Temporal does not answer: a later step writes it down. */
  private Optional<TemporalIdentity> identity() {
    try {
      return temporal.identity();
    } catch (StatusRuntimeException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean isSame(ScratchOrigin.Rebuild noted, String workflowId, String runId) {
    if (noted.runId().equals(runId)) {
      return true;
    }
    Optional<TemporalRuns.Run> asking = temporal.find(workflowId, runId);
    Optional<TemporalRuns.Run> older = temporal.find(noted.workflowId(), noted.runId());
    return asking.isPresent() && older.filter(asking.get()::isOneChainWith).isPresent();
  }

  @Override
  public ScratchVerdict judge(Scratch.Claim claim, Optional<ScratchOrigin> origin) {
    try {
      return judge(claim.sector(), origin, temporal.identity());
    } catch (StatusRuntimeException | WorkflowServiceException e) {
      return undecided("Temporal does not answer");
    } catch (CatalogException e) {
      return undecided("The catalog cannot be asked (%s)".formatted(e.getMessage()));
    }
  }

  /** Whether the rebuild that reserved room in a store has ended; not if that is unknown. */
  boolean isOver(Reservation reservation) {
    ScratchOrigin.Rebuild rebuild = reservation.rebuild();
    try {
      return temporal
              .identity()
              .filter(
                  here -> here.equals(new TemporalIdentity(rebuild.cluster(), rebuild.namespace())))
              .isPresent()
          && temporal.newest(rebuild.workflowId()).filter(TemporalRuns.Run::isRunning).isEmpty();
    } catch (StatusRuntimeException | WorkflowServiceException e) {
      return false;
    }
  }

  private static ScratchVerdict undecided(String why) {
    return new ScratchVerdict(
        Kind.UNDECIDED, why + ", so it is unknown whether the rebuild has ended.", null);
  }

  private ScratchVerdict judge(
      SectorId sector, Optional<ScratchOrigin> origin, Optional<TemporalIdentity> here) {
    Optional<TemporalRuns.Run> newest = temporal.newest(Names.workflowId(sector));
    if (newest.filter(TemporalRuns.Run::isRunning).isPresent()) {
      return running(sector, origin, newest.get());
    }
    if (origin.isEmpty()) {
      return kept(
          sector, "An older version of Reseal made them, which did not note for which rebuild.");
    }
    ScratchOrigin.Rebuild rebuild = origin.get().rebuild();
    if (rebuild.cluster() == null || here.isEmpty()) {
      return kept(sector, "It is not known in which Temporal their rebuild ran.");
    }
    if (!here.get().equals(new TemporalIdentity(rebuild.cluster(), rebuild.namespace()))) {
      return kept(
          sector,
          "Their rebuild ran in another Temporal (cluster %s, namespace %s; this one is cluster %s, namespace %s): either the settings name the wrong server or namespace, or its database was lost."
              .formatted(
                  rebuild.cluster(),
                  rebuild.namespace(),
                  here.get().cluster(),
                  here.get().namespace()));
    }
    return ended(sector, rebuild, newest);
  }

  private ScratchVerdict running(
      SectorId sector, Optional<ScratchOrigin> origin, TemporalRuns.Run newest) {
    Optional<RunRecord> run = newestInCatalog.apply(sector).filter(known -> isOpen(known, newest));
    if (run.isPresent() && run.get().host() != null && !run.get().host().equals(host)) {
      return new ScratchVerdict(
          Kind.MOVED,
          "The rebuild continues on %s.".formatted(run.get().host()),
          "Nothing: they are removed when that rebuild has ended.");
    }
    boolean own =
        origin
            .filter(known -> isSame(known.rebuild(), Names.workflowId(sector), newest.runId()))
            .isPresent();
    if (own && run.filter(RebuildEvidence::isStoppedUnsealed).isPresent()) {
      return new ScratchVerdict(
          Kind.PARKED,
          "Its rebuild is stopped at %s: %s."
              .formatted(
                  run.get().state(),
                  Objects.requireNonNullElse(run.get().attention(), run.get().paused())),
          "Resume or drop the rebuild: reseal sectors resume %d %d, or abort"
              .formatted(sector.miner(), sector.number()));
    }
    return new ScratchVerdict(
        Kind.RUNNING,
        "A rebuild of the sector is in progress.",
        "To drop it: reseal sectors abort %d %d".formatted(sector.miner(), sector.number()));
  }

  private static boolean isOpen(RunRecord run, TemporalRuns.Run newest) {
    return run.endedAt() == null && idsOf(newest).contains(run.runId());
  }

  private static boolean isStoppedUnsealed(RunRecord run) {
    return (run.attention() != null || run.paused() != null)
        && run.state().compareTo(RebuildState.SEALED_CHECKED) < 0;
  }

  private ScratchVerdict ended(
      SectorId sector, ScratchOrigin.Rebuild rebuild, Optional<TemporalRuns.Run> newest) {
    Optional<TemporalRuns.Run> run = temporal.find(rebuild.workflowId(), rebuild.runId());
    if (run.isEmpty()) {
      return kept(
          sector,
          "Temporal does not know their rebuild (run %s): its history has expired, or its database was restored from an older backup."
              .formatted(rebuild.runId()));
    }
    TemporalRuns.Run last = newest.filter(run.get()::isOneChainWith).orElse(run.get());
    switch (last.status()) {
      case WORKFLOW_EXECUTION_STATUS_COMPLETED, WORKFLOW_EXECUTION_STATUS_CANCELED -> {
        Optional<RunRecord> end =
            Stream.of(List.of(rebuild.runId()), idsOf(last))
                .flatMap(List::stream)
                .flatMap(id -> inCatalog.apply(id).stream())
                .filter(known -> known.endedAt() != null && known.state().isEnd())
                .findFirst();
        return end.isPresent()
            ? new ScratchVerdict(
                Kind.ENDED, "Their rebuild has ended: %s.".formatted(end.get().state()), null)
            : kept(
                sector,
                "Temporal has their rebuild as ended, but the catalog does not: it may have been"
                    + " restored from an older backup.");
      }
      default -> {
        return kept(
            sector,
            "Their rebuild neither finished nor was aborted: Temporal has it as %s."
                .formatted(shortName(last.status())));
      }
    }
  }

  private static ScratchVerdict kept(SectorId sector, String why) {
    return new ScratchVerdict(Kind.KEPT, why, RECOVER.formatted(sector.miner(), sector.number()));
  }

  /** The ids under which the catalog may have the run. */
  private static List<String> idsOf(TemporalRuns.Run run) {
    return List.of(run.runId(), run.firstRunId());
  }

  /** {@code terminated} for {@code WORKFLOW_EXECUTION_STATUS_TERMINATED}. */
  private static String shortName(WorkflowExecutionStatus status) {
    return status
        .name()
        .replaceFirst("^WORKFLOW_EXECUTION_STATUS_", "")
        .toLowerCase(Locale.ROOT)
        .replace('_', ' ');
  }
}
