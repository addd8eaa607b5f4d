package io.reseal.steps;

import io.reseal.contract.Progress;
import io.reseal.core.StageProgress;
import io.reseal.plan.Step;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Estimates how far a running step is and how long it will still take, from its stage's reports and
 * from how long the step usually takes on this host. It reads no clock: each call passes the time
 * in.
 *
 * <p>Bytes are assumed to continue at the rate so far. Inside a layer the stage's own report
 * counts, or else the time that the previous layer took. For everything else only the usual time is
 * known.
 */
final class ProgressEstimate {

  private static final String LAYERS = "layers";
  private static final String BYTES = "bytes";

  /** The most that is shown for an unfinished layer: only the stage reports its end. */
  private static final double MOST_OF_A_LAYER = 0.99;

  /** How much of a first layer is needed to estimate the time of a layer. */
  private static final double ENOUGH_TO_ESTIMATE = 0.05;

  private final Step step;
  private final Supplier<OptionalLong> usualMillis;
  private long startedAt;

  private long done;
  private long total;
  private String unit = "";
  private String text = "started";
  private double within = -1;
  private boolean preparing;
  private long firstDone = -1;
  private long layerBeganAt;
  private long layerMillis;

  /** Whether the step is waiting for something before it can start. */
  private boolean waiting;

  /** Suffix with the sectors it is labelled together with; empty if it is labelled alone. */
  private String company = "";

  /**
   * @param usualMillis how long the step usually takes here, if known when asked
   * @param now milliseconds of a monotonic clock
   */
  ProgressEstimate(Step step, Supplier<OptionalLong> usualMillis, long now) {
    this.step = step;
    this.usualMillis = usualMillis;
    this.startedAt = now;
    this.layerBeganAt = now;
  }

  /** The step is waiting for the given reason, and makes no progress. */
  void waits(String why) {
    waiting = true;
    text = why;
  }

  /** The sector shares its core with these sectors, in display form; empty for none. */
  void labelledWith(String sectors) {
    company = sectors.isEmpty() ? "" : ", together with " + sectors;
  }

  /** The stage has reported progress. */
  void report(long now, StageProgress progress) {
    if (waiting) {
      waiting = false;
      startedAt = now;
      layerBeganAt = now;
    }
    if (firstDone < 0) {
      firstDone = progress.done();
    } else if (progress.unit().equals(LAYERS) && progress.done() == done + 1) {
      layerMillis = measured(progress.done(), now - layerBeganAt);
    }
    if (progress.within() < 0 || progress.done() != done) {
      layerBeganAt = now;
    }
    done = progress.done();
    total = progress.total();
    unit = progress.unit();
    within = progress.within();
    preparing = progress.preparing();
    text = progress.text();
  }

  /** Whether layers were finished since the step started: they stay, however it ends. */
  boolean hasFinishedLayers() {
    return unit.equals(LAYERS) && done > firstDone;
  }

  /** Whether the step waits for its turn, so that no progress is expected. */
  boolean isWaiting() {
    return waiting;
  }

  /** The usual time between two reports, as far as known: that of a layer, or of the whole step. */
  OptionalLong usualSilence() {
    if (!unit.equals(LAYERS) || preparing) {
      return usualMillis.get();
    }
    return layerMillis > 0 ? OptionalLong.of(layerMillis) : usualLayer();
  }

  Progress at(long now) {
    double seconds = (now - startedAt) / 1000.0;
    double rate = seconds > 0 ? (done - Math.max(0, firstDone)) / seconds : 0;
    if (waiting) {
      return new Progress(step.title() + ": " + text, done, total, unit, 0, -1);
    }
    boolean inLayer = unit.equals(LAYERS) && done < total && !preparing;
    String line = step.title() + ": " + (inLayer ? layerText(now) + company : text);
    long eta = Math.round(millisLeft(now, rate, inLayer) / 1000.0);
    return new Progress(
        eta > 0 ? line + ", ETA " + span(eta) : line, done, total, unit, rate, eta > 0 ? eta : -1);
  }

  /** The first layer has fewer parents than the others, so its time says little about theirs. */
  private long measured(long layer, long millis) {
    return layer == 1 ? usualLayer().orElse(millis) : millis;
  }

  private String layerText(long now) {
    String layer = "layer %d of %d".formatted(done + 1, total);
    if (within < 0 && layerMillis(now) == 0) {
      return layer;
    }
    return "%s, %s%d %%".formatted(layer, within < 0 ? "~" : "", (long) (100 * inside(now)));
  }

  private double millisLeft(long now, double rate, boolean inLayer) {
    if (inLayer) {
      return layerMillis(now) == 0 ? 0 : layerMillis(now) * (total - done - inside(now));
    }
    if (unit.equals(BYTES) && rate > 0) {
      return (total - done) / rate * 1000;
    }
    return usualMillis.get().orElse(0) - (now - startedAt);
  }

  /** The finished part of the current layer: as reported, or else estimated by time; below 1. */
  private double inside(long now) {
    double part = within >= 0 ? within : (double) (now - layerBeganAt) / layerMillis(now);
    return Math.min(MOST_OF_A_LAYER, part);
  }

  /** The time a layer takes; 0 while unknown. */
  private long layerMillis(long now) {
    if (layerMillis > 0) {
      return layerMillis;
    }
    OptionalLong usual = usualLayer();
    return usual.isPresent() || within < ENOUGH_TO_ESTIMATE
        ? usual.orElse(0)
        : Math.round((now - layerBeganAt) / within);
  }

  private OptionalLong usualLayer() {
    OptionalLong usual = usualMillis.get();
    return usual.isEmpty() || total == 0
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(1, usual.getAsLong() / total));
  }

  /** Formats as {@code 40 s}, {@code 12 min}, {@code 2 h 10 min}. */
  private static String span(long seconds) {
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? "%d min".formatted(seconds / 60)
            : "%d h %d min".formatted(seconds / 3600, seconds / 60 % 60);
  }
}
