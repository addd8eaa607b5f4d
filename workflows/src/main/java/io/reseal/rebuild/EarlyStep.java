package io.reseal.rebuild;

import io.reseal.contract.StageReport;
import io.reseal.plan.Step;
import java.util.Optional;
import java.util.function.Supplier;

/** A step that was started before its turn and runs in parallel with the steps before it. */
final class EarlyStep {

  private Step step;
  private ActivityCall<StageReport> call;

  /** Starts the step, unless it is already running. */
  void begin(Step early, Supplier<ActivityCall<StageReport>> begin) {
    if (call == null) {
      call = begin.get();
      step = early;
    }
  }

  /** The step that is running, or null. */
  Step step() {
    return step;
  }

  boolean hasFailed() {
    return call != null && call.hasFailed();
  }

  /** Hands over the call when the turn of its step has come; the caller waits for its result. */
  Optional<ActivityCall<StageReport>> take(Step turn) {
    if (turn != step) {
      return Optional.empty();
    }
    ActivityCall<StageReport> taken = call;
    forget();
    return Optional.of(taken);
  }

  /** Stops the step and waits until it has ended; work it has finished stays. */
  void stop() {
    if (call != null) {
      call.stop();
      forget();
    }
  }

  private void forget() {
    step = null;
    call = null;
  }
}
