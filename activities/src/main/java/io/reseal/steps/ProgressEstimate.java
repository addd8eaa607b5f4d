package io.reseal.steps;

import io.reseal.contract.Progress;
import io.reseal.core.StageProgress;
import io.reseal.plan.Step;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * How far a running step is and how long it still takes: from what its stage reports, and from what
 * the step usually takes on this host. Knows no clock: each call is told the time.
 *
 * <p>Bytes go at the rate seen so far. Inside a layer the stage tells how far it is, or else the
 * time that the layer before took. Of everything else only the usual time is known.
 */
final class ProgressEstimate {

  private static final String LAYERS = "layers";
  private static final String BYTES = "bytes";

  /** Inside a layer at most this is shown: the layer's end is for the stage to tell. */
  private static final double MOST_OF_A_LAYER = 0.99;

  /** So much of a first layer tells what a layer takes. */
  private static final double ENOUGH_TO_TELL = 0.05;

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

  /** Whether it waits for something before it can begin. */
  private boolean waiting;

  /** With whom it is labelled, for people; empty for alone. */
  private String company = "";

  /**
   * @param usualMillis what the step usually takes here, as far as that is known when asked
   * @param now milliseconds of any clock that only goes forward
   */
  ProgressEstimate(Step step, Supplier<OptionalLong> usualMillis, long now) {
    this.step = step;
    this.usualMillis = usualMillis;
    this.startedAt = now;
    this.layerBeganAt = now;
  }

  /** It waits, for the reason given: nothing is done meanwhile. */
  void waits(String why) {
    waiting = true;
    text = why;
  }

  /** It shares its core with these sectors, as people read them; empty for none. */
  void labelledWith(String sectors) {
    company = sectors.isEmpty() ? "" : ", together with " + sectors;
  }

  /** The stage tells how far it is. */
  void report(long now, StageProgress told) {
    if (waiting) {
      waiting = false;
      startedAt = now;
      layerBeganAt = now;
    }
    if (firstDone < 0) {
      firstDone = told.done();
    } else if (told.unit().equals(LAYERS) && told.done() == done + 1) {
      layerMillis = measured(told.done(), now - layerBeganAt);
    }
    if (told.within() < 0 || told.done() != done) {
      layerBeganAt = now;
    }
    done = told.done();
    total = told.total();
    unit = told.unit();
    within = told.within();
    preparing = told.preparing();
    text = told.text();
  }

  /** Whether layers were finished since the step began: they stay, whatever becomes of it. */
  boolean hasFinishedLayers() {
    return unit.equals(LAYERS) && done > firstDone;
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

  /** The first layer has fewer parents than the others, so it says little of them. */
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

  /** Of the layer now being made: as told, else by the time it has taken; never all of it. */
  private double inside(long now) {
    double part = within >= 0 ? within : (double) (now - layerBeganAt) / layerMillis(now);
    return Math.min(MOST_OF_A_LAYER, part);
  }

  /** What a layer takes, 0 while nothing tells. */
  private long layerMillis(long now) {
    if (layerMillis > 0) {
      return layerMillis;
    }
    OptionalLong usual = usualLayer();
    return usual.isPresent() || within < ENOUGH_TO_TELL
        ? usual.orElse(0)
        : Math.round((now - layerBeganAt) / within);
  }

  private OptionalLong usualLayer() {
    OptionalLong usual = usualMillis.get();
    return usual.isEmpty() || total == 0
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(1, usual.getAsLong() / total));
  }

  /** {@code 40 s}, {@code 12 min}, {@code 2 h 10 min}. */
  private static String span(long seconds) {
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? "%d min".formatted(seconds / 60)
            : "%d h %d min".formatted(seconds / 3600, seconds / 60 % 60);
  }
}
