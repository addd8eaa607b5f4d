package io.reseal.steps;

import io.reseal.catalog.CatalogException;
import io.reseal.catalog.RunRepository;
import io.reseal.contract.FailureType;
import io.reseal.contract.FailureType.Course;
import io.reseal.contract.Progress;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.files.Fence;
import io.reseal.files.SectorFiles;
import io.reseal.sector.RebuildState;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import io.reseal.threads.ThreadMark;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one attempt of a step in the held thread's scratch, with heartbeats. A failure is reported
 * to Temporal, the catalog, and the thread's line.
 */
final class StepRunner {

  private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

  /** What a step does. */
  interface Work {
    StepOutcome run(StepInputs inputs, StepWork work) throws Exception;
  }

  /** A step that is running. */
  private record Running(String stage, StepInputs inputs, StepWork work, ProgressLine progress) {}

  private final HostParts host;
  private final SealingThreads threads;
  private final RunRepository runs;
  private final LearnedTimes learned;
  private final Watchdog watchdog;
  private final ScheduledExecutorService scheduler;
  private final Set<Running> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  StepRunner(HostParts host, RunRepository runs, ScheduledExecutorService scheduler) {
    this.host = host;
    this.threads = host.threads();
    this.runs = runs;
    this.learned = new LearnedTimes(runs);
    this.watchdog = new Watchdog(host.watchdog());
    this.scheduler = scheduler;
  }

  StageReport run(StageRequest request, Work work) {
    ActivityExecutionContext activity = Activity.getExecutionContext();
    String runId = activity.getInfo().getWorkflowRunId();
    Span span = Span.begin();
    SealingThread thread = null;
    Running step = null;
    try {
      thread = threads.enter(request.facts().sector(), request.thread());
      show(thread, request, request.state());
      if (thread.isStopped()) {
        throw new StepStoppedException();
      }
      step = prepare(request, thread, activity.getInfo());
      StepOutcome outcome = runWithHeartbeat(activity, step, work);
      show(thread, request, request.reached());
      thread.succeeded();
      return new StageReport(
          span.startedAt(),
          span.endsNow(),
          step.work().coreMillis(),
          activity.getInfo().getAttempt(),
          outcome.intactIn(),
          outcome.keyIn(),
          outcome.toDownload(),
          outcome.stored(),
          outcome.detail() + step.work().ranOn());
    } catch (Exception e) {
      throw failed(e, thread, step, runId);
    } finally {
      threads.changed();
    }
  }

  private Running prepare(StageRequest request, SealingThread thread, ActivityInfo info)
      throws IOException {
    Fence fence = Fences.of(info, request.thread());
    SectorFiles files =
        threads.claim(thread, request.facts(), info.getWorkflowId(), info.getWorkflowRunId());
    ProgressLine progress = new ProgressLine(request.step(), thread, learned.usualMillis(request));
    return new Running(
        request.step().title(),
        StepInputs.of(request, thread, files, fence),
        new StepWork(
            host.program(),
            host.gpus(),
            host.labelling(),
            progress,
            line -> note(fence.runId(), line)),
        progress);
  }

  /** Only steps in plan order set the thread's state; one that was started early does not. */
  private static void show(SealingThread thread, StageRequest request, RebuildState state) {
    if (!request.early()) {
      thread.at(state);
    }
  }

  /** Ends all running steps; they are retried when a worker of this host runs again. */
  void stopAll() {
    stopping = true;
    running.forEach(step -> step.work().stop());
  }

  /** Ends the running steps of one thread; what they have finished stays. */
  void stop(SealingThread thread) {
    running.stream()
        .filter(step -> step.inputs().thread() == thread)
        .forEach(step -> step.work().stop());
  }

  private StepOutcome runWithHeartbeat(ActivityExecutionContext activity, Running step, Work work)
      throws Exception {
    running.add(step);
    try (Heartbeat heartbeat =
        new Heartbeat(
            scheduler,
            activity,
            () -> look(step, activity.getInfo().getAttempt()),
            step.work()::stop)) {
      // Checked only now that the step is in the set of running ones: a stop either finds it there
      // or is noticed here.
      if (stopping || step.inputs().thread().isStopped()) {
        step.work().stop();
      }
      try {
        return work.run(step.inputs(), step.work());
      } catch (Exception e) {
        heartbeat.throwIfUnwanted();
        throw e;
      }
    } finally {
      running.remove(step);
      step.progress().end();
    }
  }

  /** The step's progress, after a look at whether there is any. */
  private Progress look(Running step, int attempt) {
    ProgressLine progress = step.progress();
    if (step.work().hasStage()) {
      watchdog
          .verdict(
              "%s of %s".formatted(step.stage(), step.inputs().facts().sector()),
              progress.silent(),
              progress.usualSilence())
          .ifPresent(why -> step.work().stall(new StalledException(why, attempt)));
    }
    return progress.refresh();
  }

  private RuntimeException failed(Exception e, SealingThread thread, Running step, String runId) {
    if (e instanceof ActivityCompletionException unwanted
        && (!stopping || e instanceof ActivityCanceledException)) {
      return unwanted;
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    ApplicationFailure failure =
        failure(e, thread, step != null && step.progress().hasFinishedLayers());
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

  /** Logs a problem and shows it as the rebuild's newest failure. */
  private void note(String runId, String line) {
    LOG.warn("In a step: {}", line);
    try {
      runs.noteError(runId, line, System.currentTimeMillis());
    } catch (CatalogException away) {
      LOG.warn("The failure could not be recorded in the catalog: {}", away.getMessage());
    }
  }

  private ApplicationFailure failure(Exception e, SealingThread thread, boolean progressed) {
    if (stopping) {
      // Stopping a worker never uses up the step's attempts.
      return beginAgain(
          FailureType.HOST_STOPPING, "This host's worker is stopping; finished work stays.");
    }
    if (thread != null && thread.isStopped()) {
      String by = thread.paused().map(ThreadMark::by).orElse("an operator");
      return ApplicationFailure.newNonRetryableFailure(
          "%s was paused by %s and its step stopped; finished work stays."
              .formatted(thread.grant(), by),
          FailureType.HOST_THREAD_PAUSED.code());
    }
    ApplicationFailure failure =
        Failures.of(e, Optional.ofNullable(thread).map(held -> held.scratch().location()));
    return progressed && course(failure) == Course.RETRY
        ? beginAgain(
            FailureType.find(failure.getType()).orElseThrow(), failure.getOriginalMessage())
        : failure;
  }

  private static Course course(ApplicationFailure failure) {
    return FailureType.courseOf(FailureType.find(failure.getType()));
  }

  /** Makes the workflow start the step again with all its attempts, because it made progress. */
  private static ApplicationFailure beginAgain(FailureType type, String message) {
    return ApplicationFailure.newNonRetryableFailure(message, type.code(), true);
  }
}
