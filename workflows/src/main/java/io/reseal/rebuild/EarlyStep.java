package io.reseal.rebuild;

import io.reseal.contract.StageReport;
import io.reseal.plan.Step;
import java.util.Optional;
import java.util.function.Supplier;

/** A step of the plan that was begun before its turn, beside those before it. */
final class EarlyStep {

  private Step step;
  private ActivityCall<StageReport> call;

  /** Begins it, unless it is on its way. */
  void begin(Step early, Supplier<ActivityCall<StageReport>> begin) {
    if (call == null) {
      call = begin.get();
      step = early;
    }
  }

  /** The step on its way, or null. */
  Step step() {
    return step;
  }

  boolean hasFailed() {
    return call != null && call.hasFailed();
  }

  /** Its turn has come: whoever takes it waits for it. */
  Optional<ActivityCall<StageReport>> take(Step turn) {
    if (turn != step) {
      return Optional.empty();
    }
    ActivityCall<StageReport> taken = call;
    forget();
    return Optional.of(taken);
  }

  /** Ends it where it is; when this returns nothing of it runs any more. What it finished stays. */
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
