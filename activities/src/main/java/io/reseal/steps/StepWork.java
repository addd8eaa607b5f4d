package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.core.Assignment;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.core.StageProgress;
import io.reseal.files.FileWork;
import io.reseal.files.HangingException;
import io.reseal.gpu.GpuStages;
import io.reseal.labelling.Labelling;
import io.reseal.labelling.Seat;
import io.reseal.labelling.Seat.Labelled;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of a running step, all of which can be stopped: stage processes, labelling, waiting, and
 * work in this JVM.
 */
final class StepWork implements GpuStages.Stage {

  private static final Logger LOG = LoggerFactory.getLogger(StepWork.class);

  /** How long stopped work may take to end by itself. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);

  private final StageProgram program;
  private final GpuStages gpus;
  private final Optional<Labelling> labelling;
  private final ProgressLine progress;
  private final Consumer<String> warnings;

  private final LongSupplier nanos;

  private StageProcess process;

  /** Its seats in labelling; none while nothing is labelled. */
  private List<Seat> seats = List.of();

  /** The Java thread that must be interrupted to stop the wait, or null. */
  private Thread waiting;

  private boolean stopped;
  private long stoppedNanos;

  /** Whether it waits for something that may take any time, such as a GPU or a download. */
  private boolean patient;

  /** Why the running stage was ended, or null. */
  private StalledException stalled;

  private long coreNanos;

  /** The device that the last stage which may use a GPU ran on; empty if there was none. */
  private String ranOn = "";

  /**
   * @param labelling labels sectors together; empty if each is labelled on its own
   * @param warnings receives problems that did not end the step
   */
  StepWork(
      StageProgram program,
      GpuStages gpus,
      Optional<Labelling> labelling,
      ProgressLine progress,
      Consumer<String> warnings) {
    this(program, gpus, labelling, progress, warnings, System::nanoTime);
  }

  StepWork(
      StageProgram program,
      GpuStages gpus,
      Optional<Labelling> labelling,
      ProgressLine progress,
      Consumer<String> warnings,
      LongSupplier nanos) {
    this.nanos = nanos;
    this.program = program;
    this.gpus = gpus;
    this.labelling = labelling;
    this.progress = progress;
    this.warnings = warnings;
  }

  /** Runs one operation of the core in a separate process, on a GPU if it may have one. */
  JsonNode run(CoreRequest request)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    if (!request.operation().mayUseGpu()) {
      return run(() -> program.start(request));
    }
    GpuStages.Ran ran = gpus.run(request, this);
    ranOn = ran.where();
    return ran.result();
  }

  @Override
  public JsonNode run(CoreRequest request, Assignment assignment)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    return run(() -> program.start(request, assignment));
  }

  private interface Start {
    StageProcess start() throws IOException;
  }

  private JsonNode run(Start start)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    long began = System.nanoTime();
    try (StageProcess started = started(start)) {
      return started.await(progress::report);
    } catch (StageDiedException e) {
      throwIfStalled();
      throw e;
    } finally {
      ended();
      coreNanos += System.nanoTime() - began;
    }
  }

  private synchronized void ended() {
    process = null;
  }

  private synchronized void throwIfStalled() {
    if (stalled != null) {
      throw stalled;
    }
  }

  /** Starting may take long if the program's disk hangs, so nobody else waits for it. */
  private StageProcess started(Start start) throws IOException, StageDiedException {
    FileWork.proceed();
    StageProcess fresh = start.start();
    synchronized (this) {
      if (!stopped) {
        process = fresh;
        progress.begin();
        return fresh;
      }
    }
    fresh.close();
    throw new StageDiedException("The step was stopped.");
  }

  /**
   * What came of labelling several inputs of a sector.
   *
   * @param own those that the rebuild works with
   * @param others for each of the others, whether all its layers are made
   */
  record LabelledTogether(Labelled own, List<Boolean> others) {}

  /** Whether other inputs can be labelled beside a sector's own. */
  boolean labelsTogether() {
    return labelling.isPresent();
  }

  /**
   * Makes the sector's layers, together with other sectors on the same core if possible.
   *
   * @param others the requests of other inputs that it may have been sealed with
   */
  LabelledTogether label(StepInputs inputs, List<CoreRequest> others)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    CoreRequest request = inputs.labelling();
    if (labelling.isEmpty()) {
      JsonNode result = run(request);
      return new LabelledTogether(
          new Labelled(result.path("layers").asInt(), result.path("resumed").asInt(), 0, coreNanos),
          List.of());
    }
    List<CoreRequest> all = new ArrayList<>(List.of(request));
    all.addAll(others);
    enter(labelling.get(), inputs, all);
    try {
      Labelled own = seats.get(0).await(progress);
      coreNanos += own.nanos();
      return new LabelledTogether(own, awaitOthers());
    } catch (StageDiedException e) {
      throwIfStalled();
      throw e;
    } finally {
      leaveSeats().forEach(Seat::awaitEnd);
    }
  }

  private List<Boolean> awaitOthers() throws InterruptedException {
    List<Boolean> made = new ArrayList<>();
    for (Seat seat : seats.subList(1, seats.size())) {
      made.add(isMade(seat));
    }
    return made;
  }

  /** What fails here is found out, and reported, when these inputs' turn comes. */
  private boolean isMade(Seat seat) throws InterruptedException {
    try {
      seat.await(progress);
      return true;
    } catch (CoreException | StageDiedException e) {
      throwIfStopped();
      LOG.info("The layers of other inputs were not made: {}", e.getMessage());
      return false;
    }
  }

  private synchronized void enter(Labelling all, StepInputs inputs, List<CoreRequest> requests) {
    throwIfStopped();
    List<Seat> taken = new ArrayList<>();
    for (CoreRequest request : requests) {
      taken.add(
          all.enter(
              inputs.facts().sector(), inputs.facts().proof(), request.fields(), inputs.urgent()));
    }
    seats = List.copyOf(taken);
  }

  /** If one seat was left early, no other goes on writing once the step has ended. */
  private synchronized List<Seat> leaveSeats() {
    List<Seat> left = seats;
    left.forEach(Seat::leave);
    seats = List.of();
    return left;
  }

  /** Suffix for the step's detail: the device it ran on. Empty on a host without GPUs. */
  String ranOn() {
    return ranOn.isEmpty() ? "" : ", " + ranOn;
  }

  /** Milliseconds spent in stage processes. */
  long coreMillis() {
    return Duration.ofNanos(coreNanos).toMillis();
  }

  @Override
  public void show(String line) {
    progress.report(line);
  }

  /** Reports a problem that did not end the step. */
  @Override
  public void warn(String line) {
    warnings.accept(line);
  }

  /** Reports progress of work done in this JVM; throws if the step has been stopped. */
  void copied(long done, long total) {
    FileWork.proceed();
    throwIfStopped();
    progress.report(
        new StageProgress(
            done, total, "bytes", -1, false, "%d of %d bytes".formatted(done, total)));
  }

  /** Does work in this JVM that an interruption ends, e.g. waiting for an answer. */
  @Override
  public <T> T waiting(GpuStages.Wait<T> wait) throws IOException, InterruptedException {
    synchronized (this) {
      patient = true;
    }
    try {
      return searching(wait);
    } finally {
      synchronized (this) {
        patient = false;
      }
    }
  }

  /** The same for work that is expected to go on all the time, such as a search in directories. */
  <T> T searching(GpuStages.Wait<T> wait) throws IOException, InterruptedException {
    synchronized (this) {
      throwIfStopped();
      waiting = Thread.currentThread();
    }
    try {
      return wait.get();
    } catch (IOException | InterruptedException | RuntimeException e) {
      // Whatever the interruption turned into, the reason is that the step was stopped.
      throwIfStopped();
      throw e;
    } finally {
      endWaiting();
    }
  }

  private synchronized void endWaiting() {
    waiting = null;
    if (stopped) {
      // What follows, e.g. reporting that the step was stopped, must not be interrupted.
      Thread.interrupted();
    }
  }

  synchronized void throwIfStopped() {
    if (stopped) {
      throw new StepStoppedException();
    }
  }

  /**
   * Leaves work on files that hangs: soon if it was stopped, else after the limit.
   *
   * @param silent how long it has given no sign of life
   */
  synchronized void checkFiles(String step, Duration silent, Duration limit)
      throws HangingException {
    if (stopped && nanos.getAsLong() - stoppedNanos > LAST_WORDS.toNanos()) {
      throw new StepStoppedException();
    }
    if (!hasStage() && !patient && silent.compareTo(limit) > 0) {
      stopped = true;
      throw new HangingException(
          "%s waited for its files for %d s without an answer: a store, a piece directory or the scratch disk hangs; see the worker's log, and [watchdog] files."
              .formatted(step, silent.toSeconds()));
    }
  }

  /** Whether a stage is running whose progress can be expected. */
  synchronized boolean hasStage() {
    return process != null || !seats.isEmpty();
  }

  /** Ends a stage that makes no progress. */
  synchronized void stall(StalledException why) {
    if (stopped || stalled != null) {
      return;
    }
    stalled = why;
    if (process != null) {
      process.kill();
    }
    seats.forEach(Seat::leave);
  }

  /** Stops the running process, copy or wait, and prevents any other from starting. */
  synchronized void stop() {
    if (!stopped) {
      stoppedNanos = nanos.getAsLong();
    }
    stopped = true;
    if (waiting != null) {
      waiting.interrupt();
    }
    if (process != null) {
      process.kill();
    }
    seats.forEach(Seat::leave);
  }
}
