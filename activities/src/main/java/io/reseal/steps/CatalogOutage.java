package io.reseal.steps;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import io.reseal.catalog.CatalogException;
import io.reseal.core.CoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * What a step does when the catalog does not answer: work that is done is not done again because of
 * it.
 */
final class CatalogOutage {

  /** What needs the catalog. */
  interface Work<T> {
    T run() throws CoreException;
  }

  private static final RetryPolicy<Object> UNTIL_IT_ANSWERS =
      RetryPolicy.builder()
          .handleIf(failure -> failure instanceof CatalogException away && away.isOutage())
          .withBackoff(Duration.ofSeconds(1), Duration.ofMinutes(1))
          .withMaxRetries(-1)
          .build();

  private CatalogOutage() {}

  /** Does it, again until the catalog answers or the step is stopped. */
  static <T> T waitedOut(StepWork step, Work<T> work)
      throws CoreException, IOException, InterruptedException {
    return within(step, Failsafe.with(UNTIL_IT_ANSWERS), work);
  }

  /** Does it once; empty if the catalog is away. */
  static <T> Optional<T> leftOut(StepWork step, Work<T> work)
      throws CoreException, IOException, InterruptedException {
    try {
      return Optional.of(within(step, Failsafe.none(), work));
    } catch (CatalogException e) {
      if (e.isOutage()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static <T> T within(StepWork step, FailsafeExecutor<Object> tries, Work<T> work)
      throws CoreException, IOException, InterruptedException {
    try {
      return step.waiting(() -> tries.get(work::run));
    } catch (FailsafeException e) {
      if (e.getCause() instanceof CoreException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
