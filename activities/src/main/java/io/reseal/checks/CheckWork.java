package io.reseal.checks;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.Operation;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.files.FileWork;
import io.reseal.files.HangingException;
import io.reseal.steps.CopyCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The work of one activity that checks copies: can be stopped, and leaves files that hang. */
final class CheckWork implements CopyCheck.Core {

  /** The work was stopped: nothing that it found counts. */
  static final class StoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StoppedException() {
      super("This host's worker is stopping, or the check is not wanted any more.");
    }
  }

  private final StageProgram program;
  private final Duration patience;
  private final Long bytesPerSecond;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private StageProcess process;

  /**
   * @param patience how long files may give no sign of life
   * @param bytesPerSecond how fast whole copies may be read, or null for any speed
   */
  CheckWork(StageProgram program, Duration patience, Long bytesPerSecond) {
    this.program = program;
    this.patience = patience;
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Does work on files, in a thread that can be left. */
  <T> T onFiles(Callable<T> work) throws Exception {
    throwIfStopped();
    return FileWork.call(work, this::check);
  }

  private void check(Duration silent) throws HangingException {
    throwIfStopped();
    if (silent.compareTo(patience) > 0) {
      kill();
      throw new HangingException(
          "it was read for %d s without an answer".formatted(silent.toSeconds()));
    }
  }

  @Override
  public JsonNode run(CoreRequest request)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    if (bytesPerSecond != null && request.operation() == Operation.CHECK_REPLICA) {
      request.fields().put("bytes_per_second", bytesPerSecond);
    }
    FileWork.proceed();
    try (StageProcess started = started(request)) {
      return started.await(progress -> FileWork.proceed());
    } catch (StageDiedException e) {
      throwIfStopped();
      if (e.reason() != StageDiedException.Cause.CRASH) {
        // That says nothing about the copy.
        throw new IOException(e.getMessage(), e);
      }
      throw e;
    } finally {
      synchronized (this) {
        process = null;
      }
    }
  }

  private StageProcess started(CoreRequest request) throws IOException {
    StageProcess fresh = program.start(request);
    synchronized (this) {
      process = fresh;
    }
    if (isStopped()) {
      fresh.kill();
    }
    return fresh;
  }

  /** Waits, unless it is stopped. */
  void pause(Duration time) throws InterruptedException {
    if (stopped.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new StoppedException();
    }
  }

  boolean isStopped() {
    return stopped.getCount() == 0;
  }

  void throwIfStopped() {
    if (isStopped()) {
      throw new StoppedException();
    }
  }

  void stop() {
    stopped.countDown();
    kill();
  }

  private synchronized void kill() {
    if (process != null) {
      process.kill();
    }
  }
}
