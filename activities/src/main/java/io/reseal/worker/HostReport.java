package io.reseal.worker;

import io.reseal.catalog.CatalogException;
import io.reseal.catalog.ThreadRepository;
import io.reseal.catalog.ThreadRow;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the catalog what this host's sealing threads do: at each change, and now and then. */
final class HostReport {

  private static final Logger LOG = LoggerFactory.getLogger(HostReport.class);

  private static final long PERIOD_SECONDS = 5;

  private final String host;
  private final ThreadRepository repository;
  private final ScheduledExecutorService scheduler;
  private final AtomicBoolean due = new AtomicBoolean();
  private volatile SealingThreads threads;

  HostReport(String host, ThreadRepository repository, ScheduledExecutorService scheduler) {
    this.host = host;
    this.repository = repository;
    this.scheduler = scheduler;
  }

  void begin(SealingThreads all) {
    threads = all;
    var unused = scheduler.scheduleAtFixedRate(this::send, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  /** Several changes at once make one report. */
  void changed() {
    if (threads != null && due.compareAndSet(false, true)) {
      try {
        scheduler.execute(this::send);
      } catch (RejectedExecutionException e) {
        LOG.debug("The worker is stopping: nothing is reported any more");
      }
    }
  }

  private synchronized void send() {
    due.set(false);
    try {
      repository.report(host, rows());
    } catch (CatalogException e) {
      LOG.warn("The catalog could not be told of the sealing threads: {}", e.getMessage());
    }
  }

  private List<ThreadRow> rows() {
    Instant now = Instant.now();
    return threads.all().stream().map(thread -> row(thread, now)).toList();
  }

  private ThreadRow row(SealingThread thread, Instant now) {
    return new ThreadRow(
        host,
        thread.grant().index(),
        thread.grant().location(),
        thread.config().plan().toString(),
        thread.sector(),
        false,
        null,
        thread.state().toString(),
        thread.lastError(),
        thread.progress(),
        now);
  }
}
