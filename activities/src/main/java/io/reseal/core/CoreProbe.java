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
 * Tries out a flavour's stage program with a short request in a separate process, because a broken
 * driver may crash or hang the process that loads it.
 */
final class CoreProbe {

  /** Longer than a driver takes to wake all devices of a large machine. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> settings;
  private final Duration limit;

  /**
   * @param settings environment variables that override those of this JVM
   */
  CoreProbe(Map<String, String> settings) {
    this(settings, LIMIT);
  }

  CoreProbe(Map<String, String> settings, Duration limit) {
    this.settings = settings;
    this.limit = limit;
  }

  /**
   * Runs the operation and returns its result.
   *
   * @throws CoreNotFoundException with the reason, if there is no answer
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
              ? "%s did not answer within %d s; a driver may be hanging"
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
