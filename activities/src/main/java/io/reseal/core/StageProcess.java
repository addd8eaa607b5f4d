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
 * A running stage process. Its stdin stays open as long as it is wanted: should this process die in
 * whatever way, the stage sees the end of its input and ends too.
 */
public final class StageProcess implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StageProcess.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Lines of the stage's log kept for the message, should it die without a word. */
  private static final int LAST_LINES = 5;

  /** Exit status of a process that was ended by SIGKILL. */
  private static final int KILLED = 128 + 9;

  /**
   * Those of one that somebody ended: by SIGHUP, SIGINT (also: its input ended), SIGKILL, SIGTERM.
   */
  private static final Set<Integer> FROM_OUTSIDE = Set.of(128 + 1, 128 + 2, KILLED, 128 + 15);

  /** How allocators of Rust, C++ and the kernel say it. */
  private static final Pattern NO_MEMORY =
      Pattern.compile(
          "(?i)memory allocation of \\d+ bytes failed|bad_alloc|out of memory|cannot allocate memory");

  /** How the GPU's libraries begin it when it is the GPU's memory. */
  private static final Pattern OF_GPU = Pattern.compile("(?i)cuda|gpu|opencl");

  private final Process process;
  private final Writer stdin;
  private final Thread logReader;
  private final Deque<String> lastLog = new ArrayDeque<>();
  private final OomKills oomKills = new OomKills();
  private final long oomKillsBefore = oomKills.count();
  private final Runnable closed;

  /**
   * @param closed told when the process is closed
   */
  StageProcess(Process process, ObjectNode request, Runnable closed) {
    this.process = process;
    this.closed = closed;
    this.stdin = process.outputWriter(StandardCharsets.UTF_8);
    this.logReader = new Thread(this::readLog, "stage-log-" + process.pid());
    logReader.setDaemon(true);
    logReader.start();
    tell(request);
  }

  /** Says one thing more to it. */
  public synchronized void tell(ObjectNode line) {
    try {
      stdin.write(line + "\n");
      stdin.flush();
    } catch (IOException e) {
      // How it ended says more than that it reads no longer: await tells.
      LOG.debug("Stage {} ended before it had read what to do", process.pid(), e);
    }
  }

  /**
   * Reads progress until the operation ends.
   *
   * @return its result
   * @throws CoreException what the core said went wrong
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
   * Reads what it says until the operation ends.
   *
   * @param told takes each line but those that end the operation
   * @return its result
   * @throws CoreException what the core said went wrong
   * @throws StageDiedException if the process ended without a result
   */
  public JsonNode converse(Consumer<JsonNode> told)
      throws CoreException, StageDiedException, InterruptedException {
    JsonNode last = null;
    try (BufferedReader stdout = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = stdout.readLine(); line != null; line = stdout.readLine()) {
        JsonNode message = JSON.readTree(line);
        if (message.has("sector") || message.has("progress")) {
          told.accept(message);
        } else {
          last = message;
        }
      }
    } catch (JsonProcessingException e) {
      LOG.warn("A line of the stage process is no JSON: {}", e.getOriginalMessage());
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

  /** Ends the process at once; what it has finished stays. */
  public void kill() {
    process.destroyForcibly();
  }

  /** The process's number, for people. */
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
        (status == KILLED && oomKills.count() > oomKillsBefore) || lastLogTellsOfNoMemory();
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
                  lastLog.isEmpty() ? "." : "; its last words: " + String.join(" / ", lastLog)),
          memory ? Cause.MEMORY : FROM_OUTSIDE.contains(status) ? Cause.STOPPED : Cause.CRASH);
    }
  }

  private boolean lastLogTellsOfNoMemory() {
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
