package io.reseal.outage;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outages of one service in the log: at most one line a minute while one lasts, whatever fails
 * because of it, and one when it is over.
 */
public final class Outage {

  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

  private static final long EVERY = Duration.ofMinutes(1).toNanos();

  /** Outages shorter than this end no one's heartbeats. */
  private static final long NOTICED = Duration.ofSeconds(5).toNanos();

  private final String service;
  private final LongSupplier nanos;
  private volatile boolean away;
  private boolean said;
  private boolean everSaid;
  private long saidAt;
  private long since;
  private long failures;
  private Long overAt;

  /**
   * @param service its name and address, at the beginning of a sentence
   */
  public Outage(String service) {
    this(service, System::nanoTime);
  }

  Outage(String service, LongSupplier nanos) {
    this.service = service;
    this.nanos = nanos;
  }

  /**
   * A call failed because the service cannot be used.
   *
   * @param sentence what happened and what to do
   */
  public synchronized void failed(String sentence) {
    long now = nanos.getAsLong();
    if (!away) {
      away = true;
      since = now;
      failures = 0;
    }
    failures++;
    if (!everSaid || now - saidAt >= EVERY) {
      LOG.warn("{} (Away for {} s; failed calls: {}.)", sentence, seconds(now), failures);
      said = true;
      everSaid = true;
      saidAt = now;
    }
  }

  /** A call was answered. */
  public void answered() {
    if (away) {
      over();
    }
  }

  private synchronized void over() {
    if (away && said) {
      LOG.info(
          "{} answers again after {} s; failed calls: {}.",
          service,
          seconds(nanos.getAsLong()),
          failures);
    }
    if (nanos.getAsLong() - since >= NOTICED) {
      overAt = nanos.getAsLong();
    }
    away = false;
    said = false;
  }

  /**
   * How long ago the last outage ended. Empty if there was none, or only a short one, since this
   * process started; zero while one lasts.
   */
  public synchronized Optional<Duration> overFor() {
    return away
        ? Optional.of(Duration.ZERO)
        : Optional.ofNullable(overAt).map(at -> Duration.ofNanos(nanos.getAsLong() - at));
  }

  private long seconds(long now) {
    return Duration.ofNanos(now - since).toSeconds();
  }
}
