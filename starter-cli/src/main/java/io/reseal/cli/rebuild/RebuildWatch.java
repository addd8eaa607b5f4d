package io.reseal.cli.rebuild;

import io.grpc.StatusRuntimeException;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Spans;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Follows rebuilds until each has ended or waits for a person, printing each state it reaches. */
final class RebuildWatch {

  private static final Duration POLL = Duration.ofMillis(200);

  /** After so long without an answer, the person is told once. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private final Shell shell;
  private final Services services;
  private final Map<SectorId, Integer> shown = new HashMap<>();
  private long lastAnswer = System.nanoTime();
  private boolean silenceTold;

  RebuildWatch(Shell shell, Services services) {
    this.shell = shell;
    this.services = services;
  }

  /** The exit status: done if all of them finished. */
  int untilEnd(Set<SectorId> sectors) throws InterruptedException {
    Set<SectorId> open = new LinkedHashSet<>(sectors);
    int exit = ExitStatus.DONE;
    while (true) {
      for (SectorId sector : List.copyOf(open)) {
        RebuildStatus status = ask(sector);
        if (status != null) {
          show(sector, status);
        }
        if (status == null || !isSettled(status)) {
          if (isEndedFromOutside(sector)) {
            open.remove(sector);
            exit = ExitStatus.FAILED;
          }
          continue;
        }
        open.remove(sector);
        if (status.run().state() != RebuildState.FINISHED) {
          exit = ExitStatus.FAILED;
        }
      }
      if (open.isEmpty()) {
        return exit;
      }
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
  }

  /** Null if there is no answer: a worker or Temporal may be away for a while. */
  private RebuildStatus ask(SectorId sector) {
    try {
      RebuildStatus status =
          services
              .temporal()
              .client()
              .newWorkflowStub(RebuildWorkflow.class, Names.workflowId(sector))
              .status();
      lastAnswer = System.nanoTime();
      silenceTold = false;
      return status;
    } catch (WorkflowException | StatusRuntimeException e) {
      if (!silenceTold && System.nanoTime() - lastAnswer > SILENCE.toNanos()) {
        shell.say(
            ("The rebuild of %s does not answer: is a worker running, and Temporal at %s? Still"
                    + " waiting; ctrl-C ends only the wait.")
                .formatted(sector, services.temporal().address()));
        silenceTold = true;
      }
      return null;
    }
  }

  private void show(SectorId sector, RebuildStatus status) {
    int next = shown.getOrDefault(sector, 0);
    for (StateChange change : status.changes()) {
      if (change.seq() >= next) {
        shell.out().printf("%s  %-14s %s%n", sector, change.state(), describe(change));
        next = change.seq() + 1;
      }
    }
    shell.out().flush();
    shown.put(sector, next);
  }

  private static String describe(StateChange change) {
    StringBuilder text = new StringBuilder(change.step());
    if (change.host() != null) {
      text.append(" on ").append(change.host());
      if (change.threadIndex() != null) {
        text.append('#').append(change.threadIndex());
      }
    }
    if (change.startedAt() != null && change.endedAt() != null) {
      text.append(", ").append(Spans.of(Duration.ofMillis(change.endedAt() - change.startedAt())));
    }
    if (change.note() != null && !change.note().isBlank()) {
      text.append(": ").append(change.note());
    }
    return text.toString();
  }

  /** Whether it has ended or waits for a person; prints that. */
  private boolean isSettled(RebuildStatus status) {
    RunRecord run = status.run();
    if (!run.state().isEnd() && run.attention() != null) {
      shell.say(
          ("%s: the rebuild waits for you in state %s. %s%nThen: reseal util sealer sectors resume"
                  + " %d %d (or abort).")
              .formatted(
                  run.sector(),
                  run.state(),
                  run.attention(),
                  run.sector().miner(),
                  run.sector().number()));
      return true;
    }
    return run.state().isEnd();
  }

  /** Such a run may never answer again, because no worker runs it any more. */
  private boolean isEndedFromOutside(SectorId sector) {
    WorkflowExecutionStatus execution;
    try {
      execution =
          services
              .temporal()
              .client()
              .newUntypedWorkflowStub(Names.workflowId(sector))
              .describe()
              .getStatus();
    } catch (WorkflowException | StatusRuntimeException e) {
      return false;
    }
    boolean ended =
        switch (execution) {
          case WORKFLOW_EXECUTION_STATUS_TERMINATED,
              WORKFLOW_EXECUTION_STATUS_CANCELED,
              WORKFLOW_EXECUTION_STATUS_FAILED,
              WORKFLOW_EXECUTION_STATUS_TIMED_OUT ->
              true;
          default -> false;
        };
    if (ended) {
      shell.say(
          ("%s: the rebuild was ended from outside (Temporal: %s). Start it again with reseal util"
                  + " sealer sectors rebuild %d %d.")
              .formatted(
                  sector,
                  execution.name().replace("WORKFLOW_EXECUTION_STATUS_", ""),
                  sector.miner(),
                  sector.number()));
    }
    return ended;
  }
}
