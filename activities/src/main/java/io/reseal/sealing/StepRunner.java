package io.reseal.sealing;

import io.reseal.catalog.CatalogException;
import io.reseal.catalog.RunRepository;
import io.reseal.contract.FailureType;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.core.StageProgram;
import io.reseal.files.SectorFiles;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one attempt of a step: in the held thread's scratch, with heartbeats, with its failure told
 * to the thread's list line, the catalog and Temporal alike.
 */
final class StepRunner {

  private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

  /** A step's work; returns one line for people. */
  interface Work {
    String run(StepContext context) throws Exception;
  }

  private final SealingThreads threads;
  private final StageProgram program;
  private final RunRepository runs;
  private final LearnedTimes learned;
  private final ScheduledExecutorService scheduler;
  private final Set<StepContext> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  StepRunner(
      SealingThreads threads,
      StageProgram program,
      RunRepository runs,
      ScheduledExecutorService scheduler) {
    this.threads = threads;
    this.program = program;
    this.runs = runs;
    this.learned = new LearnedTimes(runs);
    this.scheduler = scheduler;
  }

  StageReport run(StageRequest request, Work work) {
    ActivityExecutionContext activity = Activity.getExecutionContext();
    String runId = activity.getInfo().getWorkflowRunId();
    long startedAt = System.currentTimeMillis();
    SealingThread thread = null;
    StepContext context = null;
    try {
      thread = threads.enter(request.facts().sector(), request.thread());
      thread.at(request.state());
      SectorFiles files = thread.scratch().claim(request.facts());
      context =
          new StepContext(request, thread, files, program, runId, learned.usualMillis(request));
      String detail = runWithHeartbeat(activity, context, work);
      thread.at(request.reached());
      thread.succeeded();
      return new StageReport(
          startedAt,
          System.currentTimeMillis(),
          context.coreMillis(),
          activity.getInfo().getAttempt(),
          null,
          detail);
    } catch (Exception e) {
      throw failed(e, thread, runId);
    } finally {
      threads.changed();
    }
  }

  /** Ends all running steps; they are retried when a worker of this host runs again. */
  void stopAll() {
    stopping = true;
    running.forEach(StepContext::stop);
  }

  private String runWithHeartbeat(ActivityExecutionContext activity, StepContext context, Work work)
      throws Exception {
    running.add(context);
    try (Heartbeat heartbeat =
        new Heartbeat(scheduler, activity, context::progress, context::stop)) {
      if (stopping) {
        context.stop();
      }
      try {
        return work.run(context);
      } catch (Exception e) {
        heartbeat.throwIfUnwanted();
        throw e;
      }
    } finally {
      running.remove(context);
      context.end();
    }
  }

  private RuntimeException failed(Exception e, SealingThread thread, String runId) {
    if (e instanceof ActivityCompletionException unwanted
        && (!stopping || e instanceof ActivityCanceledException)) {
      return unwanted;
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    ApplicationFailure failure =
        stopping
            ? ApplicationFailure.newFailure(
                "This host's worker is stopping; what is finished stays.",
                FailureType.HOST_STOPPING.code())
            : Failures.of(e);
    String line = "%s: %s".formatted(failure.getType(), failure.getOriginalMessage());
    LOG.warn("A step failed: {}", line);
    if (thread != null) {
      thread.failed(line);
    }
    try {
      runs.noteError(runId, line, System.currentTimeMillis());
    } catch (CatalogException away) {
      LOG.warn("The catalog could not be told of the failure: {}", away.getMessage());
    }
    return failure;
  }
}
