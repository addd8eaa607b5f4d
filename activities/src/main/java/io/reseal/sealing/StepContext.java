package io.reseal.sealing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.contract.Progress;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.core.StageProgress;
import io.reseal.files.SectorFiles;
import io.reseal.threads.SealingThread;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** What a running step works with: the sector's scratch, the stage program, where progress goes. */
final class StepContext {

  private final SectorFacts facts;
  private final SealingThread thread;
  private final SectorFiles files;
  private final StageProgram program;
  private final String runId;
  private final long startedNanos = System.nanoTime();

  private volatile Progress progress = new Progress("started", 0, 0, "", 0, -1);
  private StageProcess process;
  private boolean stopped;
  private long coreNanos;
  private String intactIn;
  private volatile long firstLayers = -1;
  private volatile boolean finishedLayers;

  StepContext(
      SectorFacts facts,
      SealingThread thread,
      SectorFiles files,
      StageProgram program,
      String runId) {
    this.facts = facts;
    this.thread = thread;
    this.files = files;
    this.program = program;
    this.runId = runId;
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
    return new CoreRequests(facts, files, thread.scratch().lockFile(facts.sector()));
  }

  Progress progress() {
    return progress;
  }

  long coreMillis() {
    return Duration.ofNanos(coreNanos).toMillis();
  }

  /** Notes the store that has the sector intact, so that nothing is to be done. */
  void intactIn(String store) {
    intactIn = store;
  }

  /** That store's name, or null. */
  String intactIn() {
    return intactIn;
  }

  /** Runs one operation of the core in a process of its own. */
  JsonNode run(ObjectNode request)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    long began = System.nanoTime();
    try (StageProcess started = start(request)) {
      return started.await(this::stageProgress);
    } finally {
      coreNanos += System.nanoTime() - began;
    }
  }

  /**
   * Whether this attempt has finished something that a later one finds done: layers of PC1, which
   * the first report counts as they were found.
   */
  boolean hasFinishedLayers() {
    return finishedLayers;
  }

  private void stageProgress(StageProgress at) {
    if (at.unit().equals("layers")) {
      if (firstLayers < 0) {
        firstLayers = at.done();
      }
      finishedLayers |= at.done() > firstLayers;
    }
    progress(at.done(), at.total(), at.unit(), at.text());
  }

  /** Tells how far a step of this process is; throws where it is to stop. */
  void progressUnlessStopped(long done, long total, String unit, String text) {
    throwIfStopped();
    progress(done, total, unit, text);
  }

  synchronized void throwIfStopped() {
    if (stopped) {
      throw new StepStoppedException();
    }
  }

  private void progress(long done, long total, String unit, String text) {
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    double rate = seconds > 0 ? done / seconds : 0;
    long eta = rate > 0 && total > 0 ? Math.round((total - done) / rate) : -1;
    String line = eta > 0 ? text + ", ETA " + span(eta) : text;
    progress = new Progress(line, done, total, unit, rate, eta);
    thread.progress(line);
  }

  /** Ends the running process or copy, and lets none start any more. */
  synchronized void stop() {
    stopped = true;
    if (process != null) {
      process.kill();
    }
  }

  private synchronized StageProcess start(ObjectNode request)
      throws IOException, StageDiedException {
    if (stopped) {
      throw new StageDiedException("The step was stopped.");
    }
    process = program.start(request);
    return process;
  }

  private static String span(long seconds) {
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? "%d min".formatted(seconds / 60)
            : String.format(Locale.ROOT, "%d h %d min", seconds / 3600, seconds / 60 % 60);
  }
}
