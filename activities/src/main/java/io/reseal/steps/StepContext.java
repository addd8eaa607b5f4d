package io.reseal.steps;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.contract.Progress;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageRequest;
import io.reseal.core.Assignment;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.core.StageProgress;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.gpu.GpuStages;
import io.reseal.labelling.Labelling;
import io.reseal.labelling.Seat;
import io.reseal.labelling.Seat.Labelled;
import io.reseal.plan.Step;
import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThread;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What a running step works with: the sector's scratch, the stage program, where progress goes. */
final class StepContext {

  private final Step step;
  private final SectorFacts facts;
  private final SealingThread thread;
  private final SectorFiles files;
  private final StageProgram program;
  private final Optional<Labelling> labelling;
  private final boolean urgent;
  private final GpuStages gpus;
  private final String runId;
  private final ProgressEstimate estimate;
  private final Consumer<String> warnings;

  private StageProcess process;

  /** Its part in labelling, or null. */
  private Seat seat;

  /** The thread that does work which an interruption ends, or null. */
  private Thread waiting;

  private boolean stopped;
  private boolean ended;
  private long coreNanos;
  private String intactIn;

  /** The store that a snapped sector's key is kept in, or null. */
  private String keyIn;

  private int toDownload;

  /** On what the stage ran that may run on a GPU; empty before, and where nothing does. */
  private String ranOn = "";

  /**
   * @param labelling where sectors are labelled together; empty where each is by itself
   * @param usualMillis what the step usually takes on this host, as far as that is known when asked
   * @param warnings takes what went wrong and did not end the step
   */
  StepContext(
      StageRequest request,
      SealingThread thread,
      SectorFiles files,
      StageProgram program,
      Optional<Labelling> labelling,
      GpuStages gpus,
      String runId,
      Supplier<OptionalLong> usualMillis,
      Consumer<String> warnings) {
    this.step = request.step();
    this.facts = request.facts();
    this.keyIn = request.keyIn();
    this.urgent = Boolean.TRUE.equals(request.urgent());
    this.thread = thread;
    this.files = files;
    this.program = program;
    this.labelling = labelling;
    this.gpus = gpus;
    this.runId = runId;
    this.warnings = warnings;
    this.estimate = new ProgressEstimate(request.step(), usualMillis, now());
  }

  SectorFacts facts() {
    return facts;
  }

  SealingThread thread() {
    return thread;
  }

  SectorFiles files() {
    return files;
  }

  String runId() {
    return runId;
  }

  CoreRequests requests() {
    return new CoreRequests(
        facts,
        files,
        thread.scratch().lockFile(facts.sector()),
        thread.scratch().layersLockFile(facts.sector()));
  }

  /** How far the step is by now; told to the thread as well, until the step has ended. */
  synchronized Progress progress() {
    Progress progress = estimate.at(now());
    if (!ended) {
      thread.progress(step, progress.text());
    }
    return progress;
  }

  /** Whether layers were finished since the step began: they stay, whatever becomes of it. */
  synchronized boolean hasFinishedLayers() {
    return estimate.hasFinishedLayers();
  }

  /** The step has ended: the thread is told no progress any more. */
  synchronized void end() {
    ended = true;
    thread.ended(step);
  }

  long coreMillis() {
    return Duration.ofNanos(coreNanos).toMillis();
  }

  /** Tells people what went wrong and did not end the step. */
  void warn(String line) {
    warnings.accept(line);
  }

  /** Notes the store that has the sector intact, so that nothing is to be done. */
  void intactIn(String store) {
    intactIn = store;
  }

  /** That store's name, or null. */
  String intactIn() {
    return intactIn;
  }

  /** Notes the store that a snapped sector's key is kept in, or null for none. */
  void keepKeyIn(String store) {
    keyIn = store;
  }

  /** That store's name, or null. */
  String keyIn() {
    return keyIn;
  }

  /** What of the sector is made: all of it, or the update alone over a key that is kept. */
  SectorKind kind() {
    SectorKind kind = SectorKind.of(facts);
    return keyIn == null ? kind : kind.withoutKey();
  }

  /** Notes how many pieces are within reach but not on the host. */
  void toDownload(int pieces) {
    toDownload = pieces;
  }

  int toDownload() {
    return toDownload;
  }

  /** Runs one operation of the core in a process of its own. */
  JsonNode run(ObjectNode request)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    return run(() -> program.start(request));
  }

  /** The same of the operation that this step may run on a GPU. */
  JsonNode runOnGpu(ObjectNode request) throws Exception {
    GpuStages.Ran ran = gpus.run(step.resource(), new StageOfStep(request));
    ranOn = ran.where();
    return ran.result();
  }

  /** On what that ran, to be put behind what came of it; empty where this host uses no GPUs. */
  String ranOn() {
    return ranOn.isEmpty() ? "" : ", " + ranOn;
  }

  private final class StageOfStep implements GpuStages.Stage {

    private final ObjectNode request;

    StageOfStep(ObjectNode request) {
      this.request = request;
    }

    @Override
    public JsonNode run(Assignment assignment)
        throws CoreException, StageDiedException, IOException, InterruptedException {
      return StepContext.this.run(() -> program.start(request, assignment));
    }

    @Override
    public <T> T waiting(GpuStages.Wait<T> wait) throws Exception {
      return interruptible(wait::get);
    }

    @Override
    public void tell(String line) {
      report(new StageProgress(0, 0, "", -1, line));
    }

    @Override
    public void warn(String line) {
      StepContext.this.warn(line);
    }
  }

  private interface Start {
    StageProcess start() throws IOException;
  }

  private JsonNode run(Start start)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    long began = System.nanoTime();
    try (StageProcess started = started(start)) {
      return started.await(this::report);
    } finally {
      coreNanos += System.nanoTime() - began;
    }
  }

  /** Makes the sector's layers; where labelling is shared, with others on the same core. */
  Labelled label() throws CoreException, StageDiedException, IOException, InterruptedException {
    if (labelling.isEmpty()) {
      JsonNode result = run(requests().pc1());
      return new Labelled(
          result.path("layers").asInt(), result.path("resumed").asInt(), 0, coreNanos);
    }
    Labelled labelled = enter(labelling.get()).await(new LabellingProgress());
    coreNanos += labelled.nanos();
    return labelled;
  }

  private synchronized Seat enter(Labelling all) {
    throwIfStopped();
    seat = all.enter(facts.sector(), facts.proof(), requests().pc1(), urgent);
    return seat;
  }

  /** Tells how far a step of this process is; throws where it is to stop. */
  void progressUnlessStopped(long done, long total, String unit, String text) {
    throwIfStopped();
    report(new StageProgress(done, total, unit, -1, text));
  }

  /** Work of this process that an interruption ends, as waiting for somebody's answer. */
  <T> T interruptible(Callable<T> work) throws Exception {
    synchronized (this) {
      throwIfStopped();
      waiting = Thread.currentThread();
    }
    try {
      return work.call();
    } catch (Exception e) {
      // Whatever the interruption made of it, it was stopped.
      throwIfStopped();
      throw e;
    } finally {
      endWaiting();
    }
  }

  private synchronized void endWaiting() {
    waiting = null;
    if (stopped) {
      // What comes next, as telling that it was stopped, must not be interrupted by this.
      boolean unused = Thread.interrupted();
    }
  }

  synchronized void throwIfStopped() {
    if (stopped) {
      throw new StepStoppedException();
    }
  }

  private synchronized void report(StageProgress told) {
    estimate.report(now(), told);
    thread.progress(step, estimate.at(now()).text());
  }

  private final class LabellingProgress implements Seat.Listener {
    @Override
    public void waits(String why) {
      synchronized (StepContext.this) {
        estimate.waits(why);
        thread.progress(step, estimate.at(now()).text());
      }
    }

    @Override
    public void progress(StageProgress at, List<SectorId> with) {
      synchronized (StepContext.this) {
        estimate.labelledWith(with.stream().map(SectorId::toString).collect(joining(", ")));
        report(at);
      }
    }
  }

  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** Ends the running process, copy or waiting, and lets none start any more. */
  synchronized void stop() {
    stopped = true;
    if (waiting != null) {
      waiting.interrupt();
    }
    if (process != null) {
      process.kill();
    }
    if (seat != null) {
      seat.leave();
    }
  }

  private synchronized StageProcess started(Start start) throws IOException, StageDiedException {
    if (stopped) {
      throw new StageDiedException("The step was stopped.");
    }
    process = start.start();
    return process;
  }
}
