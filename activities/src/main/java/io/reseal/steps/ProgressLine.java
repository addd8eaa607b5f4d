package io.reseal.steps;

import static java.util.stream.Collectors.joining;

import io.reseal.contract.Progress;
import io.reseal.core.StageProgress;
import io.reseal.labelling.Seat;
import io.reseal.plan.Step;
import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThread;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A running step's progress: shown on its sealing thread's line and sent with each heartbeat. */
final class ProgressLine implements Seat.Listener {

  private final Step step;
  private final SealingThread thread;
  private final ProgressEstimate estimate;
  private final LongSupplier millis;
  private boolean ended;

  /** The newest report, and when one last differed from the report before it. */
  private StageProgress newest;

  private long changedAt;

  /**
   * @param usualMillis how long the step usually takes on this host, if known when asked
   */
  ProgressLine(Step step, SealingThread thread, Supplier<OptionalLong> usualMillis) {
    this(step, thread, usualMillis, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  /**
   * @param millis a monotonic clock
   */
  ProgressLine(
      Step step, SealingThread thread, Supplier<OptionalLong> usualMillis, LongSupplier millis) {
    this.step = step;
    this.thread = thread;
    this.millis = millis;
    this.estimate = new ProgressEstimate(step, usualMillis, now());
    this.changedAt = now();
  }

  /** A stage starts: its silence is counted from now. */
  synchronized void begin() {
    changedAt = now();
  }

  /** How long nothing that the stage reports has changed. */
  synchronized Duration silent() {
    return estimate.isWaiting() ? Duration.ZERO : Duration.ofMillis(now() - changedAt);
  }

  /** How long the stage usually takes between two signs of progress, as far as known. */
  synchronized OptionalLong usualSilence() {
    return estimate.usualSilence();
  }

  /** The progress now; also updates the thread's line until the step has ended. */
  synchronized Progress refresh() {
    Progress progress = estimate.at(now());
    if (!ended) {
      thread.progress(step, progress.text());
    }
    return progress;
  }

  synchronized void report(StageProgress at) {
    if (!at.equals(newest)) {
      newest = at;
      changedAt = now();
    }
    estimate.report(now(), at);
    show();
  }

  /** Shows a line before the stage reports progress of its own. */
  void report(String line) {
    report(new StageProgress(0, 0, "", -1, false, line));
  }

  @Override
  public synchronized void waits(String why) {
    estimate.waits(why);
    show();
  }

  @Override
  public synchronized void progress(StageProgress at, List<SectorId> with) {
    estimate.labelledWith(with.stream().map(SectorId::toString).collect(joining(", ")));
    report(at);
  }

  private void show() {
    thread.progress(step, estimate.at(now()).text());
  }

  /** Whether layers were finished since the step began: they stay, however it ends. */
  synchronized boolean hasFinishedLayers() {
    return estimate.hasFinishedLayers();
  }

  /** The step has ended: the thread's line no longer shows it. */
  synchronized void end() {
    ended = true;
    thread.ended(step);
  }

  private long now() {
    return millis.getAsLong();
  }
}
