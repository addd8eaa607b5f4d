package io.reseal.worker;

import io.reseal.catalog.CatalogException;
import io.reseal.catalog.WorkerLease;
import io.reseal.catalog.WorkerLease.Held;
import io.reseal.catalog.WorkerLeaseRepository;
import io.reseal.problem.RefusedException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second worker with this host's name away, on any machine: the process that has the name
 * renews its lease in the catalog. On one machine the lease of a process that has died does not
 * count; from another machine it lasts until it is over.
 */
final class NameLease implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NameLease.class);

  private final WorkerLeaseRepository leases;
  private final WorkerLease mine;
  private boolean closed;

  private NameLease(WorkerLeaseRepository leases, WorkerLease mine) {
    this.leases = leases;
    this.mine = mine;
  }

  /**
   * Takes the name.
   *
   * @throws RefusedException naming the process that has it
   */
  static NameLease take(WorkerLeaseRepository leases, WorkerLease mine) {
    Optional<Held> other = leases.take(mine, NameLease::isOver);
    if (other.isPresent()) {
      throw new RefusedException(refusal(other.get()));
    }
    return new NameLease(leases, mine);
  }

  /**
   * Renews the lease, after an outage of the catalog too.
   *
   * @return false if another worker has taken the name meanwhile
   */
  synchronized boolean renew() {
    if (closed) {
      return true;
    }
    try {
      Optional<Held> other = leases.take(mine, NameLease::isOver);
      other.ifPresent(held -> LOG.error("{}", refusal(held)));
      return other.isEmpty();
    } catch (CatalogException e) {
      LOG.debug("The lease of the name {} was not renewed: {}", mine.host(), e.getMessage());
      return true;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    leases.giveBack(mine);
  }

  private static boolean isOver(Held other) {
    return ThisProcess.sees(other.lease()) ? !ThisProcess.isRunning(other.lease()) : other.isOver();
  }

  private static String refusal(Held other) {
    String host = other.lease().host();
    return ("Another worker has the name \"%s\": %s, last seen %d s ago. Two workers with one name"
            + " would take each other's work. If this worker's file was copied from there, give"
            + " this worker a name of its own (name in [worker]). If that machine is gone,"
            + " start this worker again %d s after that worker was last seen.")
        .formatted(
            host,
            ThisProcess.sentence(other.lease()),
            other.age().toSeconds(),
            WorkerLease.TIME.toSeconds());
  }
}
