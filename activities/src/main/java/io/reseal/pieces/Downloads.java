package io.reseal.pieces;

import dev.failsafe.RateLimiter;
import io.reseal.config.PieceSettings;
import io.reseal.files.CopyProgress;
import io.reseal.sector.Piece;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The downloads of one host: a limited number at a time, with one rate limit, into one cache. */
final class Downloads implements AutoCloseable {

  private static final long KIB = 1 << 10;
  private static final long PERIOD_MILLIS = 200;

  private final ExecutorService threads;
  private final ScheduledExecutorService watch;
  private final PieceFetch.Means means;

  Downloads(
      PieceSettings settings,
      List<RemoteSource> sources,
      PieceCache cache,
      PieceVerifier verifier,
      Pause pause) {
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            settings.parallel(), work -> daemon(work, "download-" + number.incrementAndGet()));
    this.watch = Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "download-watch"));
    this.means =
        new PieceFetch.Means(
            sources,
            cache,
            verifier,
            settings
                .rate()
                .map(
                    bytes ->
                        RateLimiter.smoothBuilder(Math.max(1, bytes / KIB), Duration.ofSeconds(1))
                            .build()),
            new StallWatch(watch, settings.stall()),
            settings.retries(),
            pause);
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Downloads as many of the pieces as possible into the cache.
   *
   * @return for each piece that no source sent, what each source answered
   */
  Map<Piece, List<Answer>> fetch(List<Piece> pieces, CopyProgress progress)
      throws IOException, InterruptedException {
    Map<Piece, PieceFetch> fetches = new LinkedHashMap<>();
    pieces.forEach(piece -> fetches.put(piece, new PieceFetch(means, piece)));
    Map<Piece, Future<List<Answer>>> results = new LinkedHashMap<>();
    Map<Piece, List<Answer>> failures = new LinkedHashMap<>();
    try {
      fetches.forEach((piece, fetch) -> results.put(piece, threads.submit(fetch)));
      for (Map.Entry<Piece, Future<List<Answer>>> result : results.entrySet()) {
        List<Answer> answers = await(result.getValue(), fetches.values(), progress);
        if (!answers.isEmpty()) {
          failures.put(result.getKey(), answers);
        }
      }
      report(fetches.values(), progress);
      return failures;
    } finally {
      end(fetches.values(), results.values());
    }
  }

  private static List<Answer> await(
      Future<List<Answer>> result, Iterable<PieceFetch> fetches, CopyProgress progress)
      throws IOException, InterruptedException {
    while (!result.isDone()) {
      report(fetches, progress);
      waitFor(result);
    }
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof InterruptedException) {
        throw (IOException)
            new InterruptedIOException("The downloads were stopped.").initCause(e.getCause());
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static void waitFor(Future<?> result) throws InterruptedException {
    try {
      result.get(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // The caller gets the outcome when it is done.
      return;
    }
  }

  private static void report(Iterable<PieceFetch> fetches, CopyProgress progress) {
    long done = 0;
    long total = 0;
    for (PieceFetch fetch : fetches) {
      done += fetch.bytes();
      total += fetch.expected();
    }
    progress.at(Math.min(done, total), total);
  }

  /** Returns when none of them runs any more, so that others may download the pieces. */
  private static void end(
      Collection<PieceFetch> fetches, Collection<Future<List<Answer>>> results) {
    fetches.forEach(PieceFetch::stop);
    results.forEach(result -> result.cancel(true));
    boolean interrupted = false;
    for (PieceFetch fetch : fetches) {
      try {
        fetch.awaitEnd();
      } catch (InterruptedException e) {
        // The remaining ones end as well: they have been stopped.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops all downloads; what has arrived stays. */
  @Override
  public void close() {
    threads.shutdownNow();
    watch.shutdownNow();
  }
}
