package io.reseal.catalog;

import java.util.List;

/** The sealing threads as their hosts last reported them. */
public final class ThreadRepository {

  private final CatalogAccess access;

  ThreadRepository(CatalogAccess access) {
    this.access = access;
  }

  /** Replaces the host's rows with these. */
  public void report(String host, List<ThreadRow> threads) {
    threads.stream()
        .filter(thread -> !thread.host().equals(host))
        .findAny()
        .ifPresent(
            thread -> {
              throw new IllegalArgumentException(
                  "Host %s cannot report a thread of host %s.".formatted(host, thread.host()));
            });
    access.write(
        ThreadTable.class,
        table -> {
          if (threads.isEmpty()) {
            table.deleteAll(host);
          } else {
            table.insertOrUpdate(threads);
            table.deleteOthers(host, threads.stream().map(ThreadRow::index).toList());
          }
        });
  }

  /** One host's threads in order; empty if it never reported. */
  public List<ThreadRow> ofHost(String host) {
    return access.read(ThreadTable.class, table -> table.ofHost(host));
  }

  /** All hosts' threads, by host and index. */
  public List<ThreadRow> all() {
    return access.read(ThreadTable.class, ThreadTable::all);
  }
}
