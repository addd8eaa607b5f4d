package io.reseal.rebuild;

import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.Optional;
import java.util.function.Supplier;

/** A running activity that can be stopped. */
final class ActivityCall<R> {

  private final CancellationScope scope;
  private Promise<R> result;

  private ActivityCall(Functions.Func<Promise<R>> begin) {
    scope = Workflow.newCancellationScope(() -> result = begin.apply());
    scope.run();
  }

  /** Starts an activity by running {@code call}. */
  static <R> ActivityCall<R> begin(Functions.Func<Promise<R>> call) {
    return new ActivityCall<>(call);
  }

  /** Starts an activity; {@code method} is a method of its stub. */
  static <A, R> ActivityCall<R> begin(Functions.Func1<A, R> method, A argument) {
    return new ActivityCall<>(() -> Async.function(method, argument));
  }

  /**
   * Waits for the result. If {@code stop} becomes true first, or the rebuild is dropped, the
   * activity is stopped. On return it is no longer running, or its host no longer responds.
   *
   * @return empty if it was stopped before it succeeded
   */
  Optional<R> getUnless(Supplier<Boolean> stop) {
    try {
      Workflow.await(() -> result.isCompleted() || stop.get());
    } catch (CanceledFailure e) {
      // Nothing may touch the scratch files while a step still runs.
      cancelAndWait();
      throw e;
    }
    return result.isCompleted() ? Optional.of(result.get()) : cancelAndWait();
  }

  boolean hasFailed() {
    return result.isCompleted() && result.getFailure() != null;
  }

  /** Stops the activity. On return it is no longer running, or its host no longer responds. */
  void stop() {
    cancelAndWait();
  }

  private Optional<R> cancelAndWait() {
    scope.cancel();
    try {
      return Optional.of(result.get());
    } catch (ActivityFailure e) {
      // The reason does not matter: the step is started again if it is still needed.
      return Optional.empty();
    }
  }
}
