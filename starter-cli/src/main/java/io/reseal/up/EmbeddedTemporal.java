package io.reseal.up;

import io.grpc.StatusRuntimeException;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Temporal's server for development as a child process, with its Web UI and a file database. */
final class EmbeddedTemporal implements Service {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final ServiceProcess process;
  private final Ports ports;

  private EmbeddedTemporal(ServiceProcess process, Ports ports) {
    this.process = process;
    this.ports = ports;
  }

  static String address(Ports ports) {
    return "127.0.0.1:" + ports.temporal();
  }

  static String ui(Ports ports) {
    return "http://127.0.0.1:" + ports.ui();
  }

  /** Starts the server and returns when it answers. */
  static EmbeddedTemporal start(Path program, Home home, Ports ports) {
    try {
      ServiceProcess process =
          ServiceProcess.start(
              "temporal",
              home.logs(),
              List.of(
                  program.toString(),
                  "server",
                  "start-dev",
                  "--ip",
                  "127.0.0.1",
                  "--port",
                  Integer.toString(ports.temporal()),
                  "--ui-ip",
                  "127.0.0.1",
                  "--ui-port",
                  Integer.toString(ports.ui()),
                  "--db-filename",
                  home.temporalDatabase().toString(),
                  "--log-level",
                  "warn",
                  // Only within a partition of a queue is the order of waiting rebuilds exact.
                  "--dynamic-config-value",
                  "matching.numTaskqueueReadPartitions=1",
                  "--dynamic-config-value",
                  "matching.numTaskqueueWritePartitions=1",
                  "--dynamic-config-value",
                  "matching.enableFairness=true"),
              Map.of());
      EmbeddedTemporal temporal = new EmbeddedTemporal(process, ports);
      try {
        temporal.awaitAnswer();
      } catch (RuntimeException e) {
        temporal.close();
        throw e;
      }
      return temporal;
    } catch (IOException e) {
      throw UpException.failed("Temporal cannot be started: " + e.getMessage(), e);
    }
  }

  private void awaitAnswer() {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address(ports)).build());
    try {
      while (true) {
        try {
          stubs.connect(Duration.ofSeconds(1));
          return;
        } catch (StatusRuntimeException e) {
          if (!process.isAlive() || System.nanoTime() > deadline) {
            throw UpException.failed(
                "Temporal did not start; %s ends with:\n%s"
                    .formatted(process.logFile(), process.lastWords()),
                e);
          }
        }
        EmbeddedMariaDb.pause();
      }
    } finally {
      stubs.shutdownNow();
    }
  }

  @Override
  public String name() {
    return "Temporal";
  }

  @Override
  public String where() {
    return "%s, Web UI %s".formatted(address(ports), ui(ports));
  }

  @Override
  public CompletableFuture<?> ended() {
    return process.onExit();
  }

  @Override
  public void close() {
    process.stop(STOP_LIMIT);
  }
}
