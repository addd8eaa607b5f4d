package io.reseal.steps;

import io.grpc.StatusRuntimeException;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.HostCommandRepository;
import io.reseal.catalog.HostCommandRow;
import io.reseal.contract.HostCommand;
import io.reseal.contract.HostCommandActivities;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.Refusal;
import io.reseal.contract.ThreadGrant;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import io.temporal.activity.Activity;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out operators' commands to this host, and records who gave them. */
final class HostCommandActivitiesImpl implements HostCommandActivities {

  private static final Logger LOG = LoggerFactory.getLogger(HostCommandActivitiesImpl.class);

  private final SealingThreads threads;
  private final StepRunner runner;
  private final HostCommandRepository commands;
  private final WorkflowClient client;
  private final Consumer<String> drained;

  /**
   * @param drained called with the id of a workflow that asks to drain this host
   */
  HostCommandActivitiesImpl(
      SealingThreads threads,
      StepRunner runner,
      HostCommandRepository commands,
      WorkflowClient client,
      Consumer<String> drained) {
    this.threads = threads;
    this.runner = runner;
    this.commands = commands;
    this.client = client;
    this.drained = drained;
  }

  @Override
  public String command(HostCommand command) {
    try {
      String answer =
          switch (command.kind()) {
            case PAUSE -> pause(command);
            case RESUME -> resume(command);
            case DRAIN -> drain();
            case REMOVE_SCRATCH -> removeScratch(command);
          };
      record(command, answer);
      return answer;
    } catch (RefusedException e) {
      record(command, "refused: " + e.getMessage());
      throw Refusal.of(e.getMessage());
    } catch (IOException e) {
      record(command, "failed: " + e.getMessage());
      throw Failures.of(e);
    }
  }

  private String pause(HostCommand command) throws IOException {
    SealingThread thread = threads.pause(command.threadIndex(), command.by(), command.now());
    if (command.now()) {
      runner.stop(thread);
    }
    SectorId sector = thread.sector();
    if (sector == null) {
      return "%s is paused: it takes no work until it is resumed.".formatted(thread);
    }
    return command.now()
        ? "%s is paused, the running step of %s is stopped; finished layers stay."
            .formatted(thread, sector)
        : "%s is paused: it finishes %s, then takes no work until it is resumed."
            .formatted(thread, sector);
  }

  private String resume(HostCommand command) throws IOException {
    // The mark is removed first; otherwise the step that the rebuild then starts would be stopped.
    SealingThread thread = threads.resume(command.threadIndex(), command.by());
    SectorId sector = thread.sector();
    if (sector == null) {
      return "%s is resumed.".formatted(thread);
    }
    return signalRebuild(sector, thread.grant())
        ? "%s is resumed; the rebuild of %s continues.".formatted(thread, sector)
        : "%s is resumed; the rebuild of %s could not be notified and continues automatically after a while."
            .formatted(thread, sector);
  }

  private boolean signalRebuild(SectorId sector, ThreadGrant grant) {
    try {
      client.newWorkflowStub(RebuildWorkflow.class, Names.workflowId(sector)).threadResumed(grant);
      return true;
    } catch (WorkflowNotFoundException e) {
      // The rebuild has ended in the meantime.
      return true;
    } catch (WorkflowServiceException | StatusRuntimeException e) {
      LOG.warn("The rebuild of {} could not be notified: {}", sector, e.getMessage());
      return false;
    }
  }

  private String drain() {
    threads.drain();
    drained.accept(Activity.getExecutionContext().getInfo().getWorkflowId());
    int held = threads.held();
    return held == 0
        ? "No thread is held: the worker ends."
        : "Nothing new is taken; the worker ends when the %s it holds %s done."
            .formatted(held == 1 ? "rebuild" : held + " rebuilds", held == 1 ? "is" : "are");
  }

  private String removeScratch(HostCommand command) throws IOException {
    return "The scratch of %s was removed from %s."
        .formatted(
            command.sector(),
            threads.removeScratchOnPurpose(command.sector()).stream()
                .map(SealingThread::toString)
                .collect(Collectors.joining(" and ")));
  }

  private void record(HostCommand command, String outcome) {
    try {
      commands.add(
          new HostCommandRow(
              command.host(),
              command.threadIndex(),
              command.kind().toString() + (command.now() ? " --now" : ""),
              command.by(),
              Instant.now(),
              outcome));
    } catch (CatalogException e) {
      LOG.warn("The command {} could not be recorded in the catalog: {}", command, e.getMessage());
    }
  }
}
