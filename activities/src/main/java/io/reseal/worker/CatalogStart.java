package io.reseal.worker;

import io.reseal.catalog.CatalogException;
import io.reseal.outage.Outage;
import io.reseal.systemd.ServiceManager;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * The first connection of a worker to the catalog. Where many workers start at once on busy cores,
 * as after a power cut, an encrypted connection may take longer than the catalog is given. A worker
 * that ended for it would be started again and make the cores busier still; so it tries again, and
 * each time it needs less of them.
 */
final class CatalogStart {

  /** Less than systemd allows a worker for its start. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final ServiceManager manager;
  private final InstantSource clock;

  CatalogStart(ServiceManager manager, InstantSource clock) {
    this.manager = manager;
    this.clock = clock;
  }

  /**
   * Connects, again and again while the catalog does not answer in time.
   *
   * @param address of the catalog, for the log
   * @throws CatalogException if it cannot be used, or has not answered for too long
   */
  <T> T connect(String address, Supplier<T> attempt) {
    Outage outage = new Outage("The catalog at " + address);
    Instant last = clock.instant().plus(LIMIT);
    while (true) {
      try {
        T catalog = attempt.get();
        outage.answered();
        return catalog;
      } catch (CatalogException e) {
        if (e.reason() != CatalogException.Reason.SLOW || !clock.instant().isBefore(last)) {
          throw e;
        }
        outage.failed(
            "%s This worker tries again for up to %d s."
                .formatted(e.getMessage(), LIMIT.toSeconds()));
        manager.status("starting: the catalog does not answer in time");
      }
    }
  }
}
