package io.reseal.sealing;

import io.reseal.contract.Progress;
import io.reseal.plan.Step;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * How far a running step is and how long it still takes: from what its stage reports, and from what
 * the step usually takes on this host. Knows no clock: each call is told the time.
 *
 * <p>Bytes go at the rate seen so far. Layers are reported only when each is finished; inside one
 * the time that the one before took tells. Of everything else only the usual time is known.
 */
final class ProgressEstimate {

  private static final String LAYERS = "layers";
  private static final String BYTES = "bytes";

  /** Inside a layer at most this is shown: the layer's end is for the stage to tell. */
  private static final double MOST_OF_A_LAYER = 0.99;

  private final Step step;
  private final Supplier<OptionalLong> usualMillis;
  private final long startedAt;

  private long done;
  private long total;
  private String unit = "";
  private String text = "started";
  private long firstDone = -1;
  private long reportedAt;
  private long layerMillis;

  /**
   * @param usualMillis what the step usually takes here, as far as that is known when asked
   * @param now milliseconds of any clock that only goes forward
   */
  ProgressEstimate(Step step, Supplier<OptionalLong> usualMillis, long now) {
    this.step = step;
    this.usualMillis = usualMillis;
    this.startedAt = now;
    this.reportedAt = now;
  }

  /** The stage tells how far it is. */
  void report(long now, long newDone, long newTotal, String newUnit, String newText) {
    if (firstDone < 0) {
      firstDone = newDone;
    } else if (newUnit.equals(LAYERS) && newDone == done + 1) {
      layerMillis = measured(newDone, now - reportedAt);
    }
    done = newDone;
    total = newTotal;
    unit = newUnit;
    text = newText;
    reportedAt = now;
  }

  /** Whether layers were finished since the step began: they stay, whatever becomes of it. */
  boolean hasFinishedLayers() {
    return unit.equals(LAYERS) && done > firstDone;
  }

  Progress at(long now) {
    double seconds = (now - startedAt) / 1000.0;
    double rate = seconds > 0 ? (done - Math.max(0, firstDone)) / seconds : 0;
    boolean inLayer = unit.equals(LAYERS) && done < total && text.startsWith("layer ");
    String line = step.title() + ": " + (inLayer ? layerText(now) : text);
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
    long millis = layerMillis();
    return millis == 0 ? layer : "%s ~%d %%".formatted(layer, Math.round(100 * inside(now)));
  }

  private double millisLeft(long now, double rate, boolean inLayer) {
    if (inLayer) {
      return layerMillis() * (total - done - inside(now));
    }
    if (unit.equals(BYTES) && rate > 0) {
      return (total - done) / rate * 1000;
    }
    return usualMillis.get().orElse(0) - (now - startedAt);
  }

  private double inside(long now) {
    return Math.min(MOST_OF_A_LAYER, (double) (now - reportedAt) / layerMillis());
  }

  private long layerMillis() {
    return layerMillis > 0 ? layerMillis : usualLayer().orElse(0);
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
