package io.reseal.files;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a directory's file system answers at all. It is asked in a thread of its own, because one
 * that hangs keeps whoever asks; until that question is answered it counts as hanging.
 */
public final class Answering {

  /** Looks into the directory; what it finds does not matter. */
  interface Look {
    void run() throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

  private static final ExecutorService THREADS = Executors.newCachedThreadPool(Answering::thread);

  private final Path dir;
  private final Look look;
  private final Duration limit;
  private Future<?> question;
  private boolean hanging;

  /**
   * Asks the directory's file system for its entries.
   *
   * @param limit how long it may take; a disk that has to spin up takes about ten seconds
   */
  public Answering(Path dir, Duration limit) {
    this(dir, () -> list(dir), limit);
  }

  Answering(Path dir, Look look, Duration limit) {
    this.dir = dir;
    this.look = look;
    this.limit = limit;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "answering");
    thread.setDaemon(true);
    return thread;
  }

  private static void list(Path dir) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir)) {
      var unused = entries.iterator().hasNext();
    }
  }

  /** Whether it answers; waits for the limit at most, and not at all while it is known not to. */
  public synchronized boolean answers() {
    if (question == null || question.isDone()) {
      question = THREADS.submit(this::ask);
    } else if (hanging) {
      return false;
    }
    boolean answered = await(question);
    if (hanging == answered) {
      hanging = !answered;
      LOG.warn(
          answered ? "{} answers again" : "{} does not answer: it is not used until it does", dir);
    }
    return answered;
  }

  private void ask() {
    try {
      look.run();
    } catch (IOException e) {
      // An error is an answer: whoever uses the directory meets it, too.
      LOG.debug("{} answers with an error: {}", dir, e.toString());
    }
  }

  private boolean await(Future<?> asked) {
    try {
      asked.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException | CancellationException e) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
