package io.reseal.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.reseal.contract.FailureType;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.StoredCopy;
import io.reseal.contract.ThreadGrant;
import io.reseal.plan.Step;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor.ActivityInput;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor.ActivityOutput;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.Header;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class StepMetricsTest {

  private static final SealProof PROOF = SealProof.KIB_2_V1_1;
  private static final Commitment SOME = Commitment.of(new byte[32]);
  private static final SectorFacts FACTS =
      SectorFactsBuilder.of(new SectorId(1001, 123), SOME).proof(PROOF).replicaId(SOME).build();

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private void run(Object argument, Supplier<Object> activity) {
    ActivityInboundCallsInterceptor next =
        new ActivityInboundCallsInterceptorBase(null) {
          @Override
          public ActivityOutput execute(ActivityInput input) {
            return new ActivityOutput(activity.get());
          }
        };
    var unused =
        new StepMetrics(registry)
            .interceptActivity(next)
            .execute(new ActivityInput(Header.empty(), new Object[] {argument}));
  }

  private static StageRequest request(Step step) {
    return new StageRequest(
        FACTS,
        new ThreadGrant("host-a", 0, "/scratch", null, null, 1L),
        step,
        false,
        RebuildState.ALLOCATED,
        RebuildState.PC1_DONE,
        false,
        null,
        null,
        false,
        false);
  }

  private static StageReport report(StoredCopy stored) {
    return new StageReport(1, 2, 1, 1, null, null, 0, stored, null, "done");
  }

  private List<String> metrics() {
    return registry.scrape().lines().toList();
  }

  // Catches: failures that count as durations, and restored bytes of steps that stored nothing.
  @Test
  void aStepIsTimedIfItSucceedsAndCountedIfItFails() {
    run(request(Step.PC1), () -> report(null));
    run(request(Step.PC1), () -> report(null));
    assertThatThrownBy(
            () ->
                run(
                    request(Step.PC1),
                    () -> {
                      throw ApplicationFailure.newFailure("gone", FailureType.HOST_IO.code());
                    }))
        .isInstanceOf(ApplicationFailure.class);
    assertThat(metrics())
        .contains(
            "reseal_step_seconds_count{proof=\"%s\",step=\"PC1\"} 2".formatted(PROOF),
            "reseal_step_failures_total{failure=\"Host.Io\",proof=\"%s\",step=\"PC1\"} 1.0"
                .formatted(PROOF))
        .noneMatch(line -> line.startsWith("reseal_restored_bytes_total"));
  }

  @Test
  void aSectorThatWasPutBackCountsWithItsSize() {
    run(request(Step.PERSIST), () -> report(new StoredCopy("store", "sealed/s-t01001-123")));
    assertThat(metrics())
        .contains(
            "reseal_restored_bytes_total{proof=\"%s\"} %s"
                .formatted(PROOF, (double) PROOF.size().bytes()));
  }

  // Catches: an abort or a pause that looks like a fault of the host.
  @Test
  void aStepThatWasEndedByAPersonHasNotFailed() {
    assertThatThrownBy(
            () ->
                run(
                    request(Step.PC1),
                    () -> {
                      throw new CanceledFailure("aborted");
                    }))
        .isInstanceOf(CanceledFailure.class);
    assertThat(metrics()).noneMatch(line -> line.startsWith("reseal_"));
  }

  @Test
  void otherActivitiesAreNotSteps() {
    run("a batch", () -> "done");
    assertThat(metrics()).noneMatch(line -> line.startsWith("reseal_"));
  }
}
