package io.reseal.steps;

import io.reseal.catalog.CatalogException;
import io.reseal.contract.FailureType;
import io.reseal.contract.FailureType.Course;
import io.reseal.contract.Progress;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.files.Fence;
import io.reseal.files.FileWork;
import io.reseal.files.FinishedSteps;
import io.reseal.files.HangingException;
import io.reseal.files.OsError;
import io.reseal.files.SectorFiles;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
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
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one attempt of a step in the held thread's scratch, with heartbeats. A failure is reported
 * to Temporal, the catalog, and the thread's line.
 */
final class StepRunner {

  private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

  /** The steps that change what is in stores. */
  private static final Set<Step> REPLACING =
      EnumSet.of(Step.PERSIST, Step.REPAIR, Step.REPAIR_KEY, Step.REPAIR_UPDATE);

  private static final Progress PREPARING = new Progress("prepares its files", 0, 0, "", 0, -1);

  /** Records a rebuild's newest failure. */
  interface FailureNotes {
    void noteError(String runId, String line, long at);
  }

  /** What a step does. */
  interface Work {
    StepOutcome run(StepInputs inputs, StepWork work) throws Exception;
  }

  /**
   * A step that is running. It outlives the attempt that began it if Temporal gives that one up;
   * the next attempt joins it.
   */
  private record Running(
      StageRequest request,
      StepInputs inputs,
      StepWork work,
      ProgressLine progress,
      CompletableFuture<StageReport> report) {

    Slot slot() {
      return new Slot(inputs.facts().sector(), request.step());
    }

    /** For messages: {@code PC2 of f01001/1}. */
    String name() {
      return "%s of %s".formatted(request.step().title(), inputs.facts().sector());
    }

    boolean isSameAs(Running other) {
      return inputs.fence().runId().equals(other.inputs.fence().runId())
          && request.isSameWork(other.request);
    }
  }

  /** Where at most one attempt works at a time. */
  private record Slot(SectorId sector, Step step) {}

  private final HostParts host;
  private final SealingThreads threads;
  private final FailureNotes notes;
  private final Function<StageRequest, Supplier<OptionalLong>> usual;
  private final Watchdog watchdog;
  private final ScheduledExecutorService scheduler;
  private final Map<Slot, Running> running = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /**
   * @param notes records what failed
   * @param usual how long a step usually takes
   */
  StepRunner(
      HostParts host,
      FailureNotes notes,
      Function<StageRequest, Supplier<OptionalLong>> usual,
      ScheduledExecutorService scheduler) {
    this.host = host;
    this.threads = host.threads();
    this.notes = notes;
    this.usual = usual;
    this.watchdog = new Watchdog(host.watchdog());
    this.scheduler = scheduler;
  }

  StageReport run(StageRequest request, Work work) {
    ActivityExecutionContext activity = Activity.getExecutionContext();
    String runId = activity.getInfo().getWorkflowRunId();
    SealingThread thread = null;
    Running step = null;
    try {
      thread = threads.enter(request.facts().sector(), request.thread());
      show(thread, request, request.state());
      if (thread.isStopped()) {
        throw new StepStoppedException();
      }
      step = prepare(activity, request, thread);
      StageReport report = attempt(activity, step, work);
      show(thread, request, request.reached());
      thread.succeeded();
      return report;
    } catch (Exception e) {
      throw failed(e, thread, step, runId);
    } finally {
      threads.changed();
    }
  }

  private Running prepare(
      ActivityExecutionContext activity, StageRequest request, SealingThread thread)
      throws Exception {
    try (Heartbeat heartbeat =
        new Heartbeat(scheduler, activity, () -> PREPARING, () -> {}, () -> {})) {
      return FileWork.call(
          () -> prepare(request, thread, activity.getInfo()),
          silent -> {
            heartbeat.throwIfUnwanted();
            requireAnswer(thread, silent);
          });
    }
  }

  private void requireAnswer(SealingThread thread, Duration silent) throws HangingException {
    if (silent.compareTo(watchdog.files()) > 0) {
      throw new HangingException(
          "%s did not answer for %d s: check its disk; see [watchdog] files."
              .formatted(thread.scratch().location(), silent.toSeconds()));
    }
  }

  private Running prepare(StageRequest request, SealingThread thread, ActivityInfo info)
      throws IOException {
    Fence fence = Fences.of(info, request.thread());
    if (request.fromZero()) {
      thread.scratch().remove(request.facts().sector());
    }
    SectorFiles files =
        threads.claim(
            thread,
            request.facts(),
            request.unsealed(),
            info.getWorkflowId(),
            info.getWorkflowRunId());
    ProgressLine progress = new ProgressLine(request.step(), thread, usual.apply(request));
    return new Running(
        request,
        StepInputs.of(request, thread, files, fence),
        new StepWork(
            host.program(),
            host.gpus(),
            host.labelling(),
            progress,
            line -> note(fence.runId(), line)),
        progress,
        new CompletableFuture<>());
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
    running.values().forEach(step -> step.work().stop());
  }

  /** Ends the running steps of one thread; what they have finished stays. */
  void stop(SealingThread thread) {
    thread.steps().stop();
  }

  /** Works, or joins the attempt of the same work that is under way. */
  private StageReport attempt(ActivityExecutionContext activity, Running mine, Work work)
      throws Exception {
    Running other = running.putIfAbsent(mine.slot(), mine);
    while (other != null) {
      if (other.isSameAs(mine)) {
        return join(activity, other);
      }
      end(activity, other);
      other = running.putIfAbsent(mine.slot(), mine);
    }
    mine.inputs().thread().steps().begins(mine, mine.work()::stop);
    try {
      StageReport report = runWithHeartbeat(activity, mine, work);
      mine.report().complete(report);
      return report;
    } catch (Exception e) {
      mine.report().completeExceptionally(e);
      throw e;
    } finally {
      running.remove(mine.slot(), mine);
      mine.inputs().thread().steps().ended(mine);
      mine.progress().end();
    }
  }

  private StageReport join(ActivityExecutionContext activity, Running other) throws Exception {
    LOG.info("An attempt of {} joins the work that is under way", other.request().step().title());
    try (Heartbeat heartbeat =
        new Heartbeat(
            scheduler, activity, other.progress()::refresh, other.work()::stop, () -> {})) {
      try {
        return other.report().get();
      } catch (ExecutionException e) {
        heartbeat.throwIfUnwanted();
        throw e.getCause() instanceof Exception cause ? cause : e;
      }
    }
  }

  /** Ends work of the same kind that is no longer wanted, and waits for its end. */
  private void end(ActivityExecutionContext activity, Running other) throws InterruptedException {
    try (Heartbeat heartbeat =
        new Heartbeat(scheduler, activity, other.progress()::refresh, () -> {}, () -> {})) {
      other.work().stop();
      other.report().handle((report, failure) -> null).get();
      heartbeat.throwIfUnwanted();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The result that an earlier attempt could not report, else that of working now. */
  private static StageReport reportOf(int attempt, Running step, Work work) throws Exception {
    StepInputs inputs = step.inputs();
    FinishedSteps finished = inputs.thread().scratch().finished(inputs.facts().sector());
    Optional<StageReport> earlier = finished.find(inputs.fence().runId(), step.request());
    if (earlier.isPresent()) {
      return earlier.get();
    }
    finished.begins(step.request().step());
    Span span = Span.begin();
    StepOutcome outcome = work.run(inputs, step.work());
    StageReport report =
        new StageReport(
            span.startedAt(),
            span.endsNow(),
            step.work().coreMillis(),
            attempt,
            outcome.intactIn(),
            outcome.keyIn(),
            outcome.toDownload(),
            outcome.stored(),
            outcome.repaired(),
            outcome.repair(),
            outcome.keyLost(),
            outcome.unsealing(),
            outcome.detail() + step.work().ranOn());
    keep(finished, step, report);
    return report;
  }

  private static void keep(FinishedSteps finished, Running step, StageReport report) {
    try {
      finished.keep(step.inputs().fence().runId(), step.request(), report);
    } catch (IOException e) {
      LOG.warn(
          "The result of {} is reported, but could not be kept in scratch: {}",
          step.request().step().title(),
          OsError.sentence(e));
    }
  }

  /**
   * Sealing continues when contact with Temporal is lost, because it can be redone but not taken
   * back. What replaces files in a store stops then, and begins only while the hold is in contact.
   */
  private StageReport runWithHeartbeat(ActivityExecutionContext activity, Running step, Work work)
      throws Exception {
    boolean replaces = REPLACING.contains(step.request().step());
    try (Heartbeat heartbeat =
        new Heartbeat(
            scheduler,
            activity,
            () -> look(step, activity.getInfo().getAttempt()),
            step.work()::stop,
            replaces ? step.work()::stop : () -> {})) {
      // Checked only now that the step is in the set of running ones: a stop either finds it there
      // or is noticed here.
      if (stopping || step.inputs().thread().isStopped()) {
        step.work().stop();
      }
      try {
        return FileWork.call(
            () -> {
              if (replaces) {
                step.work().waiting(() -> awaitHeld(step));
              }
              return reportOf(activity.getInfo().getAttempt(), step, work);
            },
            silent -> step.work().checkFiles(step.name(), silent, watchdog.files()));
      } catch (Exception e) {
        heartbeat.throwIfUnwanted();
        throw e;
      }
    }
  }

  private static Void awaitHeld(Running step) throws InterruptedException {
    step.inputs().thread().awaitHeld();
    return null;
  }

  /** The step's progress, after a look at whether there is any. */
  private Progress look(Running step, int attempt) {
    ProgressLine progress = step.progress();
    if (step.work().hasStage()) {
      watchdog
          .verdict(step.name(), progress.silent(), progress.usualSilence())
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
      notes.noteError(runId, line, System.currentTimeMillis());
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
