package io.reseal.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tries a flavour's stage program with a short question, in a process of its own: a driver that is
 * broken may end or hold up whoever loads it.
 */
final class CoreProbe {

  /** More than a driver takes to wake all devices of a large machine. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> settings;
  private final Duration limit;

  /**
   * @param settings environment of the process, over this one's
   */
  CoreProbe(Map<String, String> settings) {
    this(settings, LIMIT);
  }

  CoreProbe(Map<String, String> settings, Duration limit) {
    this.settings = settings;
    this.limit = limit;
  }

  /**
   * Asks.
   *
   * @throws CoreNotFoundException why there is no answer
   */
  JsonNode ask(CoreFiles files, Operation operation) {
    AtomicBoolean late = new AtomicBoolean();
    Executor later = CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture<Void> answered = new CompletableFuture<>();
    try (StageProcess process =
        new StageProgram(files.stageProgram(), settings)
            .start(new CoreRequest(operation, JSON.createObjectNode()))) {
      later.execute(
          () -> {
            if (!answered.isDone()) {
              late.set(true);
              process.kill();
            }
          });
      return process.await(progress -> {});
    } catch (StageDiedException e) {
      throw new CoreNotFoundException(
          late.get()
              ? "%s did not answer within %d s, as where a driver hangs"
                  .formatted(files.stageProgram(), limit.toSeconds())
              : e.getMessage(),
          e);
    } catch (CoreException | IOException e) {
      throw new CoreNotFoundException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CoreNotFoundException("interrupted while asking " + files.stageProgram(), e);
    } finally {
      answered.complete(null);
    }
  }
}
