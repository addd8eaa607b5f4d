package io.reseal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.reseal.catalog.CatalogException;
import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.files.Reservation;
import io.reseal.files.Scratch;
import io.reseal.files.ScratchOrigin;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.reseal.temporal.TemporalIdentity;
import io.reseal.temporal.TemporalRuns;
import io.reseal.threads.ScratchVerdict;
import io.reseal.threads.ScratchVerdict.Kind;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether scratch is needed, as catalog and Temporal show it: only both together end a rebuild. */
class RebuildEvidenceTest {

  private static final SectorId SECTOR = new SectorId(1001, 7);
  private static final SectorFacts FACTS =
      SectorFactsBuilder.of(SECTOR, new Commitment("ab".repeat(32))).build();

  /** The runs of one workflow, the newest last. */
  private static final class FakeTemporal implements TemporalRuns {
    private Optional<TemporalIdentity> identity =
        Optional.of(new TemporalIdentity("cluster", "namespace"));
    private final Map<String, Run> runs = new LinkedHashMap<>();

    void has(String runId, String firstRunId, WorkflowExecutionStatus status) {
      runs.put(runId, new Run(runId, firstRunId, status));
    }

    @Override
    public Optional<TemporalIdentity> identity() {
      return identity;
    }

    @Override
    public Optional<Run> find(String workflowId, String runId) {
      return Optional.ofNullable(runs.get(runId));
    }

    @Override
    public Optional<Run> newest(String workflowId) {
      return runs.values().stream().reduce((older, newer) -> newer);
    }
  }

  private final FakeTemporal temporal = new FakeTemporal();
  private final Map<String, RunRecord> catalog = new HashMap<>();
  private final RebuildEvidence evidence =
      new RebuildEvidence(
          "host-a",
          temporal,
          sector -> catalog.values().stream().findFirst(),
          id -> Optional.ofNullable(catalog.get(id)));

  private Optional<ScratchOrigin> origin =
      Optional.of(
          new ScratchOrigin(
              new ScratchOrigin.Rebuild("cluster", "namespace", Names.workflowId(SECTOR), "run-1"),
              FACTS,
              null));

  private void catalogHas(
      String runId, RebuildState state, String host, Long endedAt, String attention) {
    catalog.put(
        runId,
        new RunRecord(
            runId,
            Names.workflowId(SECTOR),
            SECTOR,
            state,
            host,
            0,
            1,
            2,
            endedAt,
            1,
            null,
            null,
            attention,
            null,
            "anne"));
  }

  private ScratchVerdict verdict() {
    return evidence.judge(Scratch.Claim.of(FACTS), origin);
  }

  private void bothSayAborted() {
    temporal.has("run-1", "run-1", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
    catalogHas("run-1", RebuildState.ABORTED, "host-a", 3L, null);
  }

  @Test
  void whatBothKnowToHaveEndedHasEnded() {
    bothSayAborted();
    assertThat(verdict().kind()).isEqualTo(Kind.ENDED);
  }

  // Catches: a mistyped namespace, or another server at the address, that ends every rebuild.
  @Test
  void anotherTemporalEndsNothing() {
    bothSayAborted();
    for (TemporalIdentity other :
        new TemporalIdentity[] {
          new TemporalIdentity("cluster", "typo"), new TemporalIdentity("new", "namespace")
        }) {
      temporal.identity = Optional.of(other);
      assertThat(verdict().kind()).isEqualTo(Kind.KEPT);
      assertThat(verdict().reason()).contains("cluster cluster, namespace namespace");
    }
  }

  // Catches: a rebuild taken for ended because a server without its database does not know it.
  @Test
  void whatTemporalDoesNotKnowHasNotEnded() {
    catalogHas("run-1", RebuildState.ABORTED, "host-a", 3L, null);
    assertThat(verdict().kind()).isEqualTo(Kind.KEPT);
    assertThat(verdict().reason()).contains("does not know their rebuild (run run-1)");
  }

  // Catches: a catalog that is empty or older than the work, taken as agreement.
  @Test
  void whatTheCatalogDoesNotKnowToHaveEndedHasNotEnded() {
    temporal.has("run-1", "run-1", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
    assertThat(verdict().kind()).isEqualTo(Kind.KEPT);
    catalogHas("run-1", RebuildState.PC1_DONE, "host-a", null, null);
    assertThat(verdict().kind()).isEqualTo(Kind.KEPT);
    assertThat(verdict().reason()).contains("but the catalog does not");
  }

  // Catches: a rebuild that was cut off, taken for one that finished or was aborted.
  @ParameterizedTest
  @EnumSource(
      value = WorkflowExecutionStatus.class,
      names = {
        "WORKFLOW_EXECUTION_STATUS_TERMINATED",
        "WORKFLOW_EXECUTION_STATUS_FAILED",
        "WORKFLOW_EXECUTION_STATUS_TIMED_OUT"
      })
  void whatWasCutOffHasNotEnded(WorkflowExecutionStatus status) {
    temporal.has("run-1", "run-1", status);
    catalogHas("run-1", RebuildState.ABORTED, "host-a", 3L, null);
    assertThat(verdict().kind()).isEqualTo(Kind.KEPT);
    assertThat(verdict().advice()).contains("reseal recover", "reseal scratch remove 1001 7");
  }

  // Catches: the end of another rebuild of the sector, taken for the end of this one.
  @Test
  void anotherRunsEndEndsNothing() {
    temporal.has("run-1", "run-1", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED);
    temporal.has("run-2", "run-2", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
    catalogHas("run-2", RebuildState.FINISHED, "host-b", 3L, null);
    assertThat(verdict().kind()).isEqualTo(Kind.KEPT);
  }

  // Catches: work of a rebuild that continued as a new run, kept for ever or removed while it runs.
  @Test
  void aRebuildThatContinuedAsANewRunIsFollowed() {
    temporal.has(
        "run-1", "run-1", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW);
    temporal.has("run-2", "run-1", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
    assertThat(verdict().kind()).isEqualTo(Kind.RUNNING);
    temporal.has("run-2", "run-1", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
    catalogHas("run-2", RebuildState.FINISHED, "host-a", 3L, null);
    assertThat(verdict().kind()).isEqualTo(Kind.ENDED);
    assertThat(evidence.isSame(origin.get().rebuild(), Names.workflowId(SECTOR), "run-2")).isTrue();
  }

  // Catches: files without a note, as an older version left them, that are removed unseen.
  @Test
  void filesOfAnOlderVersionAreKept() {
    bothSayAborted();
    origin = Optional.empty();
    assertThat(verdict().kind()).isEqualTo(Kind.KEPT);
    assertThat(verdict().reason()).contains("An older version");
  }

  @Test
  void whileTemporalOrTheCatalogIsAwayNothingIsDecided() {
    bothSayAborted();
    RebuildEvidence withoutCatalog =
        new RebuildEvidence(
            "host-a",
            temporal,
            sector -> Optional.empty(),
            id -> {
              throw new CatalogException(CatalogException.Reason.UNREACHABLE, "gone", null);
            });
    assertThat(withoutCatalog.judge(Scratch.Claim.of(FACTS), origin).kind())
        .isEqualTo(Kind.UNDECIDED);
    RebuildEvidence withoutTemporal =
        new RebuildEvidence(
            "host-a",
            new TemporalRuns() {
              @Override
              public Optional<TemporalIdentity> identity() {
                throw Status.UNAVAILABLE.asRuntimeException();
              }

              @Override
              public Optional<Run> find(String workflowId, String runId) {
                throw Status.UNAVAILABLE.asRuntimeException();
              }

              @Override
              public Optional<Run> newest(String workflowId) {
                throw Status.UNAVAILABLE.asRuntimeException();
              }
            },
            sector -> Optional.empty(),
            id -> Optional.empty());
    assertThat(withoutTemporal.judge(Scratch.Claim.of(FACTS), origin).kind())
        .isEqualTo(Kind.UNDECIDED);
    assertThat(withoutTemporal.here("rebuild", "run-1").cluster()).isNull();
  }

  // Catches: room that an ended rebuild keeps, or that another Temporal's rebuild loses.
  @Test
  void whatWasReservedIsFreeWhenItsRebuildHasEndedInThisTemporal() {
    Reservation reservation = new Reservation(SECTOR, null, 1, 1, origin.get().rebuild(), 1);
    temporal.has("run-1", "run-1", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
    assertThat(evidence.isOver(reservation)).isFalse();
    temporal.has("run-1", "run-1", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED);
    assertThat(evidence.isOver(reservation)).isTrue();
    temporal.identity = Optional.of(new TemporalIdentity("cluster", "typo"));
    assertThat(evidence.isOver(reservation)).isFalse();
  }

  // Catches: sealed work that only waits for a store, given up for a sector that has not started.
  @Test
  void aStoppedRebuildMayMakeRoomUntilItIsSealed() {
    temporal.has("run-1", "run-1", WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
    catalogHas("run-1", RebuildState.PC1_DONE, "host-a", null, null);
    assertThat(verdict().kind()).isEqualTo(Kind.RUNNING);
    catalogHas("run-1", RebuildState.PC1_DONE, "host-a", null, "a piece is missing");
    assertThat(verdict().kind()).isEqualTo(Kind.PARKED);
    catalogHas("run-1", RebuildState.SNAP_DONE, "host-a", null, "no store");
    assertThat(verdict().kind()).isEqualTo(Kind.RUNNING);
    catalogHas("run-1", RebuildState.EMPTY, "host-b", null, null);
    assertThat(verdict().kind()).isEqualTo(Kind.MOVED);
  }
}
