package io.reseal.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.reseal.contract.FailureType;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.sector.SealProof;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor.ActivityOutput;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.util.function.Supplier;

/**
 * Measures the steps of rebuilds on this host: how long they take, by which failures they fail, and
 * how much was put back into stores. Temporal's own metrics know neither proof types nor failures.
 */
final class StepMetrics extends WorkerInterceptorBase {

  private final MeterRegistry registry;

  StepMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {

      @Override
      public ActivityOutput execute(ActivityInput input) {
        return StageRequest.among(input.getArguments())
            .map(request -> measured(request, () -> super.execute(input)))
            .orElseGet(() -> super.execute(input));
      }
    };
  }

  private ActivityOutput measured(StageRequest request, Supplier<ActivityOutput> work) {
    SealProof proof = request.facts().proof();
    Tags step = Tags.of("step", request.step().title(), "proof", proof.registeredName());
    Timer.Sample begun = Timer.start(registry);
    try {
      ActivityOutput output = work.get();
      begun.stop(
          Timer.builder("reseal.step")
              .description("How long steps took that succeeded.")
              .tags(step)
              .publishPercentileHistogram()
              .register(registry));
      if (output.getResult() instanceof StageReport report && report.stored() != null) {
        registry
            .counter("reseal.restored.bytes", "proof", proof.registeredName())
            .increment((double) proof.size().bytes());
      }
      return output;
    } catch (CanceledFailure | ActivityCompletionException e) {
      // Somebody ended it; it did not fail.
      throw e;
    } catch (RuntimeException e) {
      registry.counter("reseal.step.failures", step.and("failure", failure(e))).increment();
      throw e;
    }
  }

  private static String failure(RuntimeException thrown) {
    return thrown instanceof ApplicationFailure failure
        ? FailureType.find(failure.getType()).map(FailureType::code).orElse("other")
        : "other";
  }
}
