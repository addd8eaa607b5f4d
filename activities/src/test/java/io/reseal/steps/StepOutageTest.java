package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.WatchdogSettings;
import io.reseal.contract.Payloads;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.Scratch;
import io.reseal.files.ScratchOrigin;
import io.reseal.plan.Step;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.reseal.threads.ScratchEvidence;
import io.reseal.threads.ScratchVerdict;
import io.reseal.threads.SealingThreads;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work that outlives the attempt that began it, because contact with Temporal was lost. */
class StepOutageTest {

  private static final SectorId SECTOR = new SectorId(1001, 123);

  /** How much longer than the server Temporal's client waits before it gives an attempt up. */
  private static final String LOCAL_TIMEOUT = "temporal.activity.localTimeoutBufferMs";

  /** Runs one step. */
  @WorkflowInterface
  public interface OneStep {
    @WorkflowMethod
    StageReport run(StageRequest request);
  }

  /** The step's activity. */
  @ActivityInterface
  public interface OneActivity {
    StageReport work(StageRequest request);
  }

  /** Its retries are as quick as they can be. */
  public static final class OneStepImpl implements OneStep {
    @Override
    public StageReport run(StageRequest request) {
      return Workflow.newActivityStub(
              OneActivity.class,
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Duration.ofMinutes(5))
                  .setHeartbeatTimeout(Duration.ofSeconds(1))
                  .setRetryOptions(
                      RetryOptions.newBuilder()
                          .setInitialInterval(Duration.ofMillis(10))
                          .setMaximumAttempts(4)
                          .build())
                  .build())
          .work(request);
    }
  }

  @TempDir private Path dir;

  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger worked = new AtomicInteger();
  private final AtomicInteger attempts = new AtomicInteger();
  private TestWorkflowEnvironment environment;
  private StepRunner runner;
  private StageRequest request;

  @BeforeEach
  void makeHost() throws Exception {
    SealingThreads threads = new TestHost(dir).threads(new NoEvidence());
    ThreadGrant grant = threads.all().get(0).grant();
    request =
        new StageRequest(
            SectorFactsBuilder.of(SECTOR, new Commitment("ab".repeat(32))).build(),
            grant,
            Step.PC2,
            false,
            RebuildState.PC1_DONE,
            RebuildState.PC2_DONE,
            false,
            null,
            null,
            false,
            false);
    runner =
        new StepRunner(
            new HostParts(
                grant.host(),
                threads,
                null,
                Optional.empty(),
                null,
                null,
                null,
                null,
                null,
                WatchdogSettings.DEFAULT),
            (runId, line, at) -> {},
            any -> OptionalLong::empty,
            scheduler);
  }

  /** What scratch belongs to does not matter here. */
  private static final class NoEvidence implements ScratchEvidence {
    @Override
    public ScratchOrigin.Rebuild here(String workflowId, String runId) {
      return new ScratchOrigin.Rebuild("cluster", "namespace", workflowId, runId);
    }

    @Override
    public boolean isSame(ScratchOrigin.Rebuild noted, String workflowId, String runId) {
      return true;
    }

    @Override
    public ScratchVerdict judge(Scratch.Claim claim, Optional<ScratchOrigin> origin) {
      return new ScratchVerdict(ScratchVerdict.Kind.RUNNING, "", null);
    }
  }

  private StageReport run(OneActivity activity) {
    environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(Payloads.converter())
                        .build())
                .build());
    Worker worker = environment.newWorker("one");
    worker.registerWorkflowImplementationTypes(OneStepImpl.class);
    worker.registerActivitiesImplementations(activity);
    environment.start();
    return environment
        .getWorkflowClient()
        .newWorkflowStub(OneStep.class, WorkflowOptions.newBuilder().setTaskQueue("one").build())
        .run(request);
  }

  @AfterEach
  void close() {
    System.clearProperty(LOCAL_TIMEOUT);
    environment.close();
    scheduler.shutdownNow();
  }

  // Catches: a stage that was killed, and done again, because Temporal was away for longer than the
  // heartbeat timeout.
  @Test
  void workContinuesWhenItsAttemptIsGivenUpAndTheNextAttemptReportsIt() {
    CountDownLatch noContact = new CountDownLatch(1);
    CountDownLatch finished = new CountDownLatch(1);
    // The attempt counts as lost half a second after its last heartbeat, before the server's
    // second.
    System.setProperty(LOCAL_TIMEOUT, "-500");
    scheduler.execute(() -> await(noContact));
    StageReport report =
        run(
            stage -> {
              if (attempts.incrementAndGet() == 2) {
                noContact.countDown();
                // Runs after the heartbeat of the first attempt, which learns that it was given up.
                scheduler.execute(finished::countDown);
              }
              return runner.run(
                  stage,
                  (inputs, work) -> {
                    worked.incrementAndGet();
                    await(finished);
                    work.throwIfStopped();
                    return StepOutcome.of("sealed");
                  });
            });
    assertThat(report.detail()).isEqualTo("sealed");
    assertThat(report.attempt()).isEqualTo(1);
    assertThat(attempts).hasValueGreaterThan(1);
    assertThat(worked).hasValue(1);
  }

  // Catches: a result that was lost with the report of it, so that hours of work were repeated.
  @Test
  void aResultThatWasNotReportedIsKeptInScratchForTheNextAttempt() {
    StageReport report =
        run(
            stage -> {
              StageReport result =
                  runner.run(
                      stage,
                      (inputs, work) -> {
                        worked.incrementAndGet();
                        return StepOutcome.of("sealed");
                      });
              if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("The report does not arrive.");
              }
              return result;
            });
    assertThat(report.detail()).isEqualTo("sealed");
    assertThat(worked).hasValue(1);
  }

  // Catches: a step that counts as failed because its result could not be written down.
  @Test
  void aResultThatCannotBeKeptIsReportedAllTheSame() {
    Path inTheWay = dir.resolve("scratch/reseal/s-t01001-123.PC2.finished/in/the/way");
    StageReport report =
        run(
            stage ->
                runner.run(
                    stage,
                    (inputs, work) -> {
                      worked.incrementAndGet();
                      Files.createDirectories(inTheWay);
                      return StepOutcome.of("sealed");
                    }));
    assertThat(report.detail()).isEqualTo("sealed");
    assertThat(worked).hasValue(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
