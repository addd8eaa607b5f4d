package io.reseal.worker;

import io.reseal.contract.HoldRequest;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StageRequest;
import io.reseal.sector.SectorId;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.MDC;

/**
 * Gives each line that an activity logs its sector, run, host and step as fields: {@code sector},
 * {@code run}, {@code host}, {@code step}.
 */
final class LogFields extends WorkerInterceptorBase {

  private final String host;

  /**
   * @param host configured name of the host
   */
  LogFields(String host) {
    this.host = host;
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {

      private ActivityExecutionContext activity;

      @Override
      public void init(ActivityExecutionContext context) {
        activity = context;
        super.init(context);
      }

      @Override
      public ActivityOutput execute(ActivityInput input) {
        Map<String, String> fields = new LinkedHashMap<>(Map.of("host", host));
        fields.put("run", activity.getInfo().getWorkflowRunId());
        fields.put(
            "step",
            StageRequest.among(input.getArguments())
                .map(request -> request.step().title())
                .orElse(activity.getInfo().getActivityType()));
        sector(input.getArguments()).ifPresent(sector -> fields.put("sector", sector.toString()));
        fields.forEach(MDC::put);
        try {
          return super.execute(input);
        } finally {
          fields.keySet().forEach(MDC::remove);
        }
      }
    };
  }

  private static Optional<SectorId> sector(Object[] arguments) {
    return Stream.of(arguments).map(LogFields::sector).flatMap(Optional::stream).findFirst();
  }

  private static Optional<SectorId> sector(Object argument) {
    if (argument instanceof SectorId sector) {
      return Optional.of(sector);
    }
    if (argument instanceof StageRequest request) {
      return Optional.of(request.facts().sector());
    }
    if (argument instanceof HoldRequest request) {
      return Optional.of(request.sector());
    }
    if (argument instanceof ReleaseRequest request) {
      return Optional.of(request.sector());
    }
    return argument instanceof RunRecord run ? Optional.of(run.sector()) : Optional.empty();
  }
}
