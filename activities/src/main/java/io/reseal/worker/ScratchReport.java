package io.reseal.worker;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.ScratchRow;
import io.reseal.files.FileWork;
import io.reseal.files.Scratch;
import io.reseal.threads.SealingThread;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports this host's scratch files to the catalog, periodically; on a thread of its own, because a
 * disk may hang. A location that cannot be read keeps its last report.
 */
final class ScratchReport implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ScratchReport.class);

  private static final long PERIOD_SECONDS = 10;

  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final String host;
  private final List<SealingThread> threads;
  private final ScratchSurvey survey;
  private final Catalog catalog;
  private final ScheduledExecutorService own = Executors.newSingleThreadScheduledExecutor();

  /**
   * @param host the host's configured name
   */
  ScratchReport(String host, List<SealingThread> threads, ScratchSurvey survey, Catalog catalog) {
    this.host = host;
    this.threads = threads;
    this.survey = survey;
    this.catalog = catalog;
  }

  void start() {
    var unused = own.scheduleWithFixedDelay(this::send, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  private void send() {
    threads.forEach(thread -> send(thread.scratch()));
  }

  private void send(Scratch scratch) {
    try {
      catalog.scratch().report(host, scratch.location().toString(), rows(scratch));
    } catch (IOException | CatalogException e) {
      LOG.warn("The scratch in {} could not be reported: {}", scratch.location(), e.getMessage());
    } catch (RuntimeException e) {
      // An exception would end the periodic report.
      LOG.warn("The scratch in {} could not be reported", scratch.location(), e);
    }
  }

  /** One location that does not answer keeps none of the others from being reported for long. */
  private List<ScratchRow> rows(Scratch scratch) throws IOException {
    scratch.requireLocation();
    return FileWork.within(LIMIT, scratch.location(), () -> survey.rows(scratch));
  }

  @Override
  public void close() {
    own.shutdownNow();
  }
}
