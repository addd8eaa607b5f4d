package io.reseal.cli;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.show.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The process's own terminal. While a command is watched, ctrl-C ends it with status 0. */
public final class ConsoleScreen implements Screen {

  /** How long a drawing in progress may take to finish. */
  private static final long LAST_DRAWING_SECONDS = 2;

  private final CountDownLatch enough = new CountDownLatch(1);
  private final CountDownLatch drawn = new CountDownLatch(1);
  private Thread hook;

  @Override
  public boolean isTerminal() {
    try {
      Path stdout = Files.readSymbolicLink(Path.of("/proc/self/fd/1"));
      return stdout.startsWith("/dev/pts") || stdout.toString().startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean pause(Duration time) {
    if (hook == null) {
      hook = new Thread(this::end, "watch");
      Runtime.getRuntime().addShutdownHook(hook);
    }
    try {
      boolean ended = enough.await(time.toMillis(), TimeUnit.MILLISECONDS);
      if (ended) {
        drawn.countDown();
      }
      return !ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    if (hook != null && enough.getCount() > 0) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  /** Ends the program with status 0; a JVM ended by a signal would have another. */
  private void end() {
    enough.countDown();
    try {
      drawn.await(LAST_DRAWING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(ExitStatus.DONE);
  }
}
