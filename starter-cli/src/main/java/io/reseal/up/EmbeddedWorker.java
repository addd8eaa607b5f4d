package io.reseal.up;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A sealing worker as a separate process. */
public final class EmbeddedWorker implements Service {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

  private final ServiceProcess process;
  private final String host;

  private EmbeddedWorker(ServiceProcess process, String host) {
    this.process = process;
    this.host = host;
  }

  static EmbeddedWorker start(Home home, String host) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    try {
      return new EmbeddedWorker(
          ServiceProcess.start(
              "worker",
              home.logs(),
              List.of(
                  java,
                  "-cp",
                  System.getProperty("java.class.path"),
                  "io.reseal.cli.Reseal",
                  "worker",
                  "run",
                  "-c",
                  home.workerFile().toString(),
                  "--home",
                  home.directory().toString()),
              Map.of()),
          host);
    } catch (IOException e) {
      throw UpException.failed("The worker cannot be started: " + e.getMessage(), e);
    }
  }

  /** Why it ended. */
  String lastWords() {
    return process.lastWords();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Path logFile() {
    return process.logFile();
  }

  @Override
  public String name() {
    return "worker";
  }

  @Override
  public String where() {
    return host;
  }

  @Override
  public CompletableFuture<?> ended() {
    return process.onExit();
  }

  /** A worker exits with status 0 without being stopped only if it was drained. */
  @Override
  public boolean isDone() {
    return process.hasEndedWell();
  }

  @Override
  public void close() {
    process.stop(STOP_LIMIT);
  }
}
