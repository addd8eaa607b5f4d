package io.reseal.up;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A child process of the embedded installation: its output goes to a log file, its identity to a
 * file beside it, so that the next start can end one left over by an installation that was killed.
 *
 * <p>It runs in a session of its own: a terminal's ctrl-C reaches only {@code up}, which stops its
 * services in order.
 */
final class ServiceProcess {

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final String name;
  private final Process process;
  private final Path logFile;
  private final Path pidFile;

  private ServiceProcess(String name, Process process, Path logFile, Path pidFile) {
    this.name = name;
    this.process = process;
    this.logFile = logFile;
    this.pidFile = pidFile;
  }

  static ServiceProcess start(
      String name, Path logs, List<String> command, Map<String, String> extraEnvironment)
      throws IOException {
    Path pidFile = logs.resolve(name + ".pid");
    endLeftover(pidFile);
    List<String> full = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      full.add(SETSID.toString());
    }
    full.addAll(command);
    Path logFile = logs.resolve(name + ".log");
    ProcessBuilder builder = new ProcessBuilder(full);
    EmbeddedEnvironment.removeOthers(builder.environment());
    builder.environment().putAll(extraEnvironment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
    Process process = builder.start();
    Files.writeString(pidFile, process.pid() + " " + startOf(process.toHandle()) + "\n");
    return new ServiceProcess(name, process, logFile, pidFile);
  }

  /** Ends the process named by a pid file, if it is still the same process. */
  static void endLeftover(Path pidFile) throws IOException {
    if (!Files.exists(pidFile)) {
      return;
    }
    String[] words = Files.readString(pidFile).strip().split(" ", -1);
    Optional<ProcessHandle> leftover =
        words.length == 2 && words[0].matches("\\d{1,18}")
            ? ProcessHandle.of(Long.parseLong(words[0]))
            : Optional.empty();
    if (leftover.isPresent() && startOf(leftover.get()).equals(words[1])) {
      leftover.get().destroy();
      try {
        leftover.get().onExit().get(60, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
        leftover.get().destroyForcibly();
      }
    }
    Files.delete(pidFile);
  }

  /** When a process started, which distinguishes it from a later one with the same number. */
  private static String startOf(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toString).orElse("unknown");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  boolean hasEndedWell() {
    return !process.isAlive() && process.exitValue() == 0;
  }

  CompletableFuture<Process> onExit() {
    return process.onExit();
  }

  Path logFile() {
    return logFile;
  }

  /** The last lines it wrote, for error messages. */
  String lastWords() {
    try {
      List<String> lines = Files.readAllLines(logFile, StandardCharsets.ISO_8859_1);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      return "";
    }
  }

  /** Asks it to end, waits, and kills it if that takes too long. */
  void stop(Duration patience) {
    process.destroy();
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
      Files.deleteIfExists(pidFile);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // Harmless: the file names a process that has ended, and the next start notices that.
    }
  }

  @Override
  public String toString() {
    return name + " (process " + process.pid() + ")";
  }
}
