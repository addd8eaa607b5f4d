package io.reseal.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.MDC;

/**
 * Work on files in a thread of its own, so that its caller can leave it when a file system hangs: a
 * call that waits in the kernel cannot be interrupted. Work that was left changes nothing any more
 * when it wakes up, because it asks before each operation.
 */
public final class FileWork {

  /** Decides how long the caller waits. */
  public interface Patience {

    /**
     * Called several times a second while the work runs; leaves the work by throwing.
     *
     * @param silent how long the work has given no sign of life
     */
    void check(Duration silent) throws IOException;
  }

  /** Work that fails only as work on files does. */
  public interface Work<T> {
    T run() throws IOException;
  }

  private static final long LOOK_MILLIS = 100;

  private static final ExecutorService THREADS = Executors.newCachedThreadPool(FileWork::thread);

  /** The work that this thread does, if it can be left. */
  private static final ThreadLocal<FileWork> CURRENT = new ThreadLocal<>();

  private volatile long signNanos = System.nanoTime();
  private volatile boolean left;

  private FileWork() {}

  private static Thread thread(Runnable work) {
    // What hangs must not keep the process from ending.
    Thread thread = new Thread(work, "files");
    thread.setDaemon(true);
    return thread;
  }

  /** Does the work and waits for it as long as the patience lasts. */
  public static <T> T call(Callable<T> work, Patience patience) throws Exception {
    FileWork mine = new FileWork();
    Map<String, String> logContext = MDC.getCopyOfContextMap();
    Future<T> result = THREADS.submit(() -> mine.run(work, logContext));
    try {
      while (true) {
        try {
          return result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          patience.check(Duration.ofNanos(System.nanoTime() - mine.signNanos));
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    } finally {
      mine.left = true;
    }
  }

  /**
   * Does short work on files that others wait for, for example because a lock is held meanwhile.
   *
   * @param limit how long it may give no sign of life; then a {@link HangingException}
   * @param where what it works on, for the message
   */
  public static <T> T within(Duration limit, Object where, Work<T> work) throws IOException {
    try {
      return call(work::run, silent -> leaveAfter(limit, where, silent));
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("The work on %s was interrupted.".formatted(where));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void leaveAfter(Duration limit, Object where, Duration silent)
      throws HangingException {
    if (silent.compareTo(limit) > 0) {
      throw new HangingException(
          "%s did not answer for %d s: check its disk or network mount."
              .formatted(where, silent.toSeconds()));
    }
  }

  private <T> T run(Callable<T> work, Map<String, String> logContext) throws Exception {
    CURRENT.set(this);
    if (logContext != null) {
      MDC.setContextMap(logContext);
    }
    try {
      return work.call();
    } finally {
      MDC.clear();
      CURRENT.remove();
    }
  }

  /**
   * Called before each operation on a file, and after each part of a long one: a sign of life.
   * Throws if the work was left.
   */
  public static void proceed() {
    FileWork mine = CURRENT.get();
    if (mine != null) {
      if (mine.left) {
        throw new LeftException();
      }
      mine.signNanos = System.nanoTime();
    }
  }

  /** Ends work that was left; nobody waits for it any more. */
  private static final class LeftException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LeftException() {
      super("This work on files was given up because it did not answer.");
    }
  }
}
