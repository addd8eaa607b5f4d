package io.reseal.cli.rebuild;

import io.grpc.StatusRuntimeException;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.contract.ChangeKind;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildMarks;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.StateChange;
import io.reseal.plan.UnsealedWish;
import io.reseal.problem.RefusedException;
import io.reseal.record.SectorRecord;
import io.reseal.sector.RebuildState;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowTargetOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts the rebuild of one sector and prints what happened at once. */
final class RebuildStart {

  /** How long a started rebuild may take to find that nothing is lost. */
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(3);

  /** How long a rebuild that has ended may take to record that and release its thread. */
  private static final Duration CLOSING = Duration.ofSeconds(70);

  private static final Duration POLL = Duration.ofMillis(50);

  /** In any later state it is known that there is something to rebuild. */
  private static final Set<String> BEGINNING =
      Set.of(RebuildState.EMPTY.toString(), RebuildState.ALLOCATED.toString());

  private final Shell shell;
  private final Services services;

  RebuildStart(Shell shell, Services services) {
    this.shell = shell;
    this.services = services;
  }

  /** Whether it was started, not found running. Waits for one that is about to end. */
  boolean start(SectorRecord sector, RebuildMixin.Kind kind, String host, boolean urgent) {
    RebuildRequest request =
        new RebuildRequest(
                sector.id(),
                services.installation().timings(),
                shell.requester(),
                kind.prove(),
                kind.force(),
                host,
                null,
                urgent)
            .with(kind.unsealed())
            .withCandidates(kind.candidates());
    try {
      start(sector, request);
      return true;
    } catch (WorkflowExecutionAlreadyStarted e) {
      if (!hasReachedItsEnd(e.getExecution())) {
        tell(sector, running(kind), e.getExecution());
        return false;
      }
      awaitClosed(sector, e.getExecution());
      start(sector, request);
      return true;
    }
  }

  private static String running(RebuildMixin.Kind kind) {
    return kind.unsealed() == null
        ? "is already being rebuilt"
        : "is already being rebuilt; ask for its unsealed copy again once that has ended; it runs";
  }

  private void start(SectorRecord sector, RebuildRequest request) {
    RebuildWorkflow workflow =
        services
            .temporal()
            .client()
            .newWorkflowStub(
                RebuildWorkflow.class,
                RebuildMarks.startOptions(sector.id(), sector.proof(), request.unsealed()));
    String said = request.unsealed() == UnsealedWish.ONLY ? "unsealing started" : "rebuild started";
    tell(sector, said, WorkflowClient.start(workflow::rebuild, request));
  }

  private boolean hasReachedItsEnd(WorkflowExecution running) {
    String state = run(running).describe().getTypedSearchAttributes().get(Names.STATE);
    return state != null && RebuildState.parse(state).isEnd();
  }

  private WorkflowStub run(WorkflowExecution execution) {
    return services
        .temporal()
        .client()
        .newUntypedWorkflowStub(
            WorkflowTargetOptions.newBuilder()
                .setWorkflowId(execution.getWorkflowId())
                .setRunId(execution.getRunId())
                .build());
  }

  private void awaitClosed(SectorRecord sector, WorkflowExecution ending) {
    shell.say(
        "%s: an earlier rebuild is about to end; this one starts then.".formatted(sector.id()));
    WorkflowStub stub = run(ending);
    try {
      stub.getResult(CLOSING.toSeconds(), TimeUnit.SECONDS, RebuildStatus.class);
    } catch (TimeoutException e) {
      throw new RefusedException(
          "%s: an earlier rebuild has ended but its end is not recorded yet. Check that the sealing hosts can reach the catalog's database, then try again."
              .formatted(sector.id()));
    } catch (WorkflowException e) {
      // However it was closed, it is closed.
    }
  }

  private void tell(SectorRecord sector, String said, WorkflowExecution execution) {
    String id = Names.workflowId(sector.id());
    shell.line("%s: %s as %s".formatted(sector.id(), said, id));
    services
        .webPage(id, execution.getRunId())
        .ifPresent(page -> shell.line("  watch it at " + page));
  }

  /** Waits a moment in case nothing is lost, and then prints that. */
  void tellIfNothingIsLost(SectorRecord sector, RebuildMixin.Kind kind)
      throws InterruptedException {
    WorkflowStub stub =
        services.temporal().client().newUntypedWorkflowStub(Names.workflowId(sector.id()));
    long deadline = System.nanoTime() + FIRST_ANSWER.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        WorkflowExecutionDescription now = stub.describe();
        if (now.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED) {
          nothingLost(stub.getResult(RebuildStatus.class))
              .ifPresent(note -> tell(sector, kind, note));
          return;
        }
        if (now.getStatus() != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
            || !isBeginning(now)) {
          return;
        }
      } catch (WorkflowException | StatusRuntimeException e) {
        // It was started; knowing no more than that is not a failure.
        return;
      }
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
  }

  private static boolean isBeginning(WorkflowExecutionDescription now) {
    String state = now.getTypedSearchAttributes().get(Names.STATE);
    return (state == null || BEGINNING.contains(state))
        && !Boolean.TRUE.equals(now.getTypedSearchAttributes().get(Names.ATTENTION));
  }

  private static Optional<String> nothingLost(RebuildStatus end) {
    return end == null || end.run().state() != RebuildState.FINISHED
        ? Optional.empty()
        : end.changes().stream()
            .filter(change -> change.kind() == ChangeKind.NOTHING_LOST)
            .map(StateChange::note)
            .findFirst();
  }

  private void tell(SectorRecord sector, RebuildMixin.Kind kind, String note) {
    if (kind.unsealed() == UnsealedWish.ONLY) {
      shell.line("%s: %s.".formatted(sector.id(), note));
      return;
    }
    shell.line(
        "%s: %s. To rebuild it anyway: reseal util sealer sectors rebuild %d %d --force"
            .formatted(sector.id(), note, sector.id().miner(), sector.id().number()));
  }

  static WorkflowOptions options(SectorRecord sector) {
    return RebuildMarks.startOptions(sector.id(), sector.proof(), null);
  }
}
