package io.reseal.worker;

import io.reseal.catalog.ClockSkew;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log if this host's clock is not the catalog's. A wrong clock stops no rebuild; but
 * the times that this host records are wrong, and others take what it reports for old.
 */
final class ClockWatch {

  private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);

  private static final long EVERY = Duration.ofHours(1).toNanos();

  private final LongSupplier nanos;
  private ClockSkew skew;
  private boolean said;
  private long saidAt;

  /**
   * @param nanos a clock that nobody sets
   */
  ClockWatch(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** As it was compared last, or null if it was not yet. */
  synchronized ClockSkew skew() {
    return skew;
  }

  synchronized void compared(ClockSkew now) {
    skew = now;
    if (!now.matters()) {
      if (said) {
        LOG.info("This host's clock agrees with the catalog's again");
      }
      said = false;
    } else if (!said || nanos.getAsLong() - saidAt >= EVERY) {
      LOG.warn(
          "{}. Until then the times that this host records are wrong, and its reports look old or"
              + " early to others.",
          now.sentence("This host's", "the catalog's"));
      said = true;
      saidAt = nanos.getAsLong();
    }
  }
}
