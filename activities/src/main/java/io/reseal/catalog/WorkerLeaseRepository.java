package io.reseal.catalog;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** Which process is the worker of which host. */
public final class WorkerLeaseRepository {

  private final CatalogAccess access;

  WorkerLeaseRepository(CatalogAccess access) {
    this.access = access;
  }

  /**
   * Takes or renews the lease of a host.
   *
   * @param isOver whether another process's lease does not count any more
   * @return the other process's lease if that one counts; then nothing has changed
   */
  public Optional<WorkerLease.Held> take(WorkerLease mine, Predicate<WorkerLease.Held> isOver) {
    return access.change(
        WorkerLeaseTable.class,
        table -> {
          Optional<WorkerLease.Held> other =
              table
                  .find(mine.host())
                  .filter(held -> !held.lease().holder().equals(mine.holder()))
                  .filter(held -> !isOver.test(held));
          if (other.isEmpty()) {
            table.replace(mine);
          }
          return other;
        });
  }

  /**
   * Whether the worker of another host runs and has a thread that takes rebuilds.
   *
   * @param limit how long ago a running worker renewed its lease at most, by the database's clock
   */
  public boolean othersTakeRebuilds(String host, Duration limit) {
    return access.read(
        WorkerLeaseTable.class, table -> table.othersTakeRebuilds(host, limit.toMillis()));
  }

  /** Gives the lease back; nothing happens if another process has it. */
  public void giveBack(WorkerLease mine) {
    access.write(WorkerLeaseTable.class, table -> table.delete(mine.host(), mine.holder()));
  }
}
