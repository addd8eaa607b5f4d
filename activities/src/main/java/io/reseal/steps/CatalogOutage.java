package io.reseal.steps;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import io.reseal.catalog.CatalogException;
import io.reseal.core.CoreException;
import java.io.IOException;
import java.time.Duration;

/** Waits for the catalog to answer, so that work which is done is not done again. */
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
    try {
      return step.waiting(() -> Failsafe.with(UNTIL_IT_ANSWERS).get(work::run));
    } catch (FailsafeException e) {
      if (e.getCause() instanceof CoreException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
