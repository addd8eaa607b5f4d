package io.reseal.catalog;

import java.time.Duration;
import java.time.Instant;

/**
 * The process that is a host's worker.
 *
 * @param host the host's configured name
 * @param holder chosen by the process when it started
 * @param machine the machine's host name
 * @param kernel processes with the same value see each other
 * @param process its process id
 * @param startedAt when it started
 */
public record WorkerLease(
    String host, String holder, String machine, String kernel, long process, Instant startedAt) {

  /** How long a lease lasts after it was renewed. */
  public static final Duration TIME = Duration.ofSeconds(30);

  /**
   * A lease in the catalog.
   *
   * @param age how long ago it was renewed
   */
  public record Held(WorkerLease lease, Duration age) {

    public boolean isOver() {
      return age.compareTo(TIME) >= 0;
    }
  }
}
