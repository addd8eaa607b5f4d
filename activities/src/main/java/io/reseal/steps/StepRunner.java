package io.reseal.steps;

import io.reseal.catalog.CatalogException;
import io.reseal.catalog.RunRepository;
import io.reseal.contract.FailureType;
import io.reseal.contract.FailureType.Course;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.core.StageProgram;
import io.reseal.files.SectorFiles;
import io.reseal.gpu.GpuStages;
import io.reseal.labelling.Labelling;
import io.reseal.sector.RebuildState;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import io.reseal.threads.ThreadMark;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;
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
  private final Optional<Labelling> labelling;
  private final GpuStages gpus;
  private final RunRepository runs;
  private final LearnedTimes learned;
  private final ScheduledExecutorService scheduler;
  private final Set<StepContext> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  StepRunner(
      SealingThreads threads,
      StageProgram program,
      Optional<Labelling> labelling,
      GpuStages gpus,
      RunRepository runs,
      ScheduledExecutorService scheduler) {
    this.threads = threads;
    this.program = program;
    this.labelling = labelling;
    this.gpus = gpus;
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
      tell(thread, request, request.state());
      if (thread.isStopped()) {
        throw new StepStoppedException();
      }
      SectorFiles files = thread.scratch().claim(request.facts());
      context =
          new StepContext(
              request,
              thread,
              files,
              program,
              labelling,
              gpus,
              runId,
              learned.usualMillis(request),
              line -> note(runId, line));
      String detail = runWithHeartbeat(activity, context, work);
      tell(thread, request, request.reached());
      thread.succeeded();
      return new StageReport(
          startedAt,
          System.currentTimeMillis(),
          context.coreMillis(),
          activity.getInfo().getAttempt(),
          context.intactIn(),
          context.keyIn(),
          context.toDownload(),
          detail);
    } catch (Exception e) {
      throw failed(e, thread, context, runId);
    } finally {
      threads.changed();
    }
  }

  /** The state is told by the steps in their turn, not by one beside them. */
  private static void tell(SealingThread thread, StageRequest request, RebuildState state) {
    if (!request.early()) {
      thread.at(state);
    }
  }

  /** Ends all running steps; they are retried when a worker of this host runs again. */
  void stopAll() {
    stopping = true;
    running.forEach(StepContext::stop);
  }

  /** Ends the running steps of one thread; what they have finished stays. */
  void stop(SealingThread thread) {
    running.stream().filter(context -> context.thread() == thread).forEach(StepContext::stop);
  }

  private String runWithHeartbeat(ActivityExecutionContext activity, StepContext context, Work work)
      throws Exception {
    running.add(context);
    try (Heartbeat heartbeat =
        new Heartbeat(scheduler, activity, context::progress, context::stop)) {
      // Looked at after the step is among the running ones: whoever stops them finds it there, or
      // it finds out here.
      if (stopping || context.thread().isStopped()) {
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

  private RuntimeException failed(
      Exception e, SealingThread thread, StepContext context, String runId) {
    if (e instanceof ActivityCompletionException unwanted
        && (!stopping || e instanceof ActivityCanceledException)) {
      return unwanted;
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    ApplicationFailure failure = failure(e, thread, context != null && context.hasFinishedLayers());
    String line = "%s: %s".formatted(failure.getType(), failure.getOriginalMessage());
    if (thread != null) {
      thread.failed(line);
      if (course(failure) == Course.LEAVE_THREAD) {
        threads.faulted(thread, line);
      }
    }
    note(runId, line);
    return failure;
  }

  /** Logs what went wrong and shows it where the rebuild's newest failure stands. */
  private void note(String runId, String line) {
    LOG.warn("In a step: {}", line);
    try {
      runs.noteError(runId, line, System.currentTimeMillis());
    } catch (CatalogException away) {
      LOG.warn("The catalog could not be told of it: {}", away.getMessage());
    }
  }

  private ApplicationFailure failure(Exception e, SealingThread thread, boolean progressed) {
    if (stopping) {
      // However often a worker is stopped, that uses up none of the step's attempts.
      return anew(
          FailureType.HOST_STOPPING, "This host's worker is stopping; what is finished stays.");
    }
    if (thread != null && thread.isStopped()) {
      String by = thread.paused().map(ThreadMark::by).orElse("an operator");
      return ApplicationFailure.newNonRetryableFailure(
          "%s was paused by %s and its step stopped; what is finished stays."
              .formatted(thread.grant(), by),
          FailureType.HOST_THREAD_PAUSED.code());
    }
    ApplicationFailure failure =
        Failures.of(e, Optional.ofNullable(thread).map(held -> held.scratch().location()));
    return progressed && course(failure) == Course.RETRY
        ? anew(FailureType.find(failure.getType()).orElseThrow(), failure.getOriginalMessage())
        : failure;
  }

  private static Course course(ApplicationFailure failure) {
    return FailureType.find(failure.getType()).map(FailureType::course).orElse(Course.PARK);
  }

  /** Tells the workflow to begin the step anew with all its attempts: there was progress. */
  private static ApplicationFailure anew(FailureType type, String message) {
    return ApplicationFailure.newNonRetryableFailure(message, type.code(), true);
  }
}
