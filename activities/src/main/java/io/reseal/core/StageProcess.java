package io.reseal.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.core.StageDiedException.Cause;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running stage process. Its stdin stays open for as long as it is needed: if this JVM dies in
 * any way, the stage sees the end of its input and ends too.
 */
public final class StageProcess implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StageProcess.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Last lines of the stage's log to keep, for the message if it dies without a result. */
  private static final int LAST_LINES = 5;

  /** Exit status of a process that was ended by SIGKILL. */
  private static final int KILLED = 128 + 9;

  /**
   * Exit statuses after a stop from outside: SIGHUP, SIGINT (also the end of input), SIGKILL,
   * SIGTERM.
   */
  private static final Set<Integer> FROM_OUTSIDE = Set.of(128 + 1, 128 + 2, KILLED, 128 + 15);

  /** How the allocators of Rust and C++ and the kernel report a lack of memory. */
  private static final Pattern NO_MEMORY =
      Pattern.compile(
          "(?i)memory allocation of \\d+ bytes failed|bad_alloc|out of memory|cannot allocate"
              + " memory");

  /** Marks a message as being about the GPU's memory. */
  private static final Pattern OF_GPU = Pattern.compile("(?i)cuda|gpu|opencl");

  private final Process process;
  private final Writer stdin;
  private final Thread logReader;
  private final Deque<String> lastLog = new ArrayDeque<>();
  private final OomKills oomKills = new OomKills();
  private final long oomKillsBefore = oomKills.count();
  private final Runnable closed;

  /**
   * @param closed called when the process is closed
   */
  StageProcess(Process process, ObjectNode request, Runnable closed) {
    this.process = process;
    this.closed = closed;
    this.stdin = process.outputWriter(StandardCharsets.UTF_8);
    this.logReader = new Thread(this::readLog, "stage-log-" + process.pid());
    logReader.setDaemon(true);
    logReader.start();
    send(request);
  }

  /** Sends the process a line. */
  public synchronized void send(ObjectNode line) {
    try {
      stdin.write(line + "\n");
      stdin.flush();
    } catch (IOException e) {
      // Not an error of its own: await reports how the process ended.
      LOG.debug("Stage {} ended before it had read its input", process.pid(), e);
    }
  }

  /**
   * Reads progress until the operation ends.
   *
   * @return its result
   * @throws CoreException if the core reports an error
   * @throws StageDiedException if the process ended without a result: killed, crashed, out of
   *     memory
   */
  public JsonNode await(Consumer<StageProgress> progress)
      throws CoreException, StageDiedException, InterruptedException {
    return converse(
        message -> {
          if (message.has("progress")) {
            progress.accept(StageProgress.of(message.get("progress")));
          }
        });
  }

  /**
   * Reads messages until the operation ends.
   *
   * @param messages receives each message except the one that ends the operation
   * @return its result
   * @throws CoreException if the core reports an error
   * @throws StageDiedException if the process ended without a result
   */
  public JsonNode converse(Consumer<JsonNode> messages)
      throws CoreException, StageDiedException, InterruptedException {
    JsonNode last = null;
    try (BufferedReader stdout = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = stdout.readLine(); line != null; line = stdout.readLine()) {
        JsonNode message = JSON.readTree(line);
        if (message.has("sector") || message.has("progress")) {
          messages.accept(message);
        } else {
          last = message;
        }
      }
    } catch (JsonProcessingException e) {
      LOG.warn("A line of the stage process is not JSON: {}", e.getOriginalMessage());
    } catch (IOException e) {
      LOG.warn("The stage process's output broke off", e);
    }
    int status = process.waitFor();
    logReader.join();
    if (last != null && last.has("result") && status == 0) {
      return last.get("result");
    }
    if (last != null && last.has("error")) {
      throw CoreException.of(last.get("error"));
    }
    throw died(status);
  }

  /** Kills the process; the work it has finished stays. */
  public void kill() {
    process.destroyForcibly();
  }

  /** The process id, for messages. */
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    kill();
    try {
      stdin.close();
    } catch (IOException e) {
      LOG.debug("The stage process was gone before its input was closed", e);
    }
    closed.run();
  }

  private StageDiedException died(int status) {
    boolean memory =
        (status == KILLED && oomKills.count() > oomKillsBefore) || lastLogReportsNoMemory();
    String how =
        status > 128
            ? "was ended by signal %d%s"
                .formatted(
                    status - 128, memory ? " (out of memory)" : status == KILLED ? " (killed)" : "")
            : "ended with status " + status;
    synchronized (lastLog) {
      return new StageDiedException(
          "The stage process %s without a result%s"
              .formatted(
                  how,
                  lastLog.isEmpty() ? "." : "; its last log lines: " + String.join(" / ", lastLog)),
          memory ? Cause.MEMORY : FROM_OUTSIDE.contains(status) ? Cause.STOPPED : Cause.CRASH);
    }
  }

  private boolean lastLogReportsNoMemory() {
    synchronized (lastLog) {
      return lastLog.stream().anyMatch(NO_MEMORY.asPredicate().and(OF_GPU.asPredicate().negate()));
    }
  }

  private void readLog() {
    try (BufferedReader stderr = process.errorReader(StandardCharsets.UTF_8)) {
      stderr
          .lines()
          .forEach(
              line -> {
                LOG.debug("stage {}: {}", process.pid(), line);
                synchronized (lastLog) {
                  lastLog.addLast(line);
                  if (lastLog.size() > LAST_LINES) {
                    lastLog.removeFirst();
                  }
                }
              });
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("The log of stage {} broke off", process.pid(), e);
    }
  }
}
