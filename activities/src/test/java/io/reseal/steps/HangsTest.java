package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.WatchdogSettings;
import io.reseal.contract.Payloads;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.contract.StageRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.CopyProgress;
import io.reseal.files.Scratch;
import io.reseal.files.ScratchOrigin;
import io.reseal.files.StoreSweep;
import io.reseal.files.Stores;
import io.reseal.pieces.PieceFile;
import io.reseal.pieces.Pieces;
import io.reseal.plan.Step;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.reseal.threads.ScratchEvidence;
import io.reseal.threads.ScratchVerdict;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A step that is no longer wanted ends although a disk hangs, and its thread is given back. A disk
 * that hangs is a FIFO that nobody opens, or a latch where the files of a sector are looked at.
 */
@Timeout(60)
class HangsTest {

  private static final SectorId SECTOR = new SectorId(1001, 123);

  /** Runs one step until it is told to stop. */
  @WorkflowInterface
  public interface StoppedStep {
    @WorkflowMethod
    String run(StageRequest request);

    @SignalMethod
    void stop();
  }

  /** The step's activity. */
  @ActivityInterface
  public interface OneActivity {
    void work(StageRequest request);
  }

  /** Waits for the end of the step, as a rebuild does. */
  public static final class StoppedStepImpl implements StoppedStep {

    private boolean stopped;

    @Override
    public String run(StageRequest request) {
      OneActivity activity =
          Workflow.newActivityStub(
              OneActivity.class,
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Duration.ofHours(1))
                  .setHeartbeatTimeout(Duration.ofMinutes(30))
                  .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
                  .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                  .build());
      Promise<?>[] end = new Promise<?>[1];
      CancellationScope scope =
          Workflow.newCancellationScope(() -> end[0] = Async.procedure(activity::work, request));
      scope.run();
      Workflow.await(() -> stopped);
      scope.cancel();
      try {
        end[0].get();
        return "ended";
      } catch (ActivityFailure e) {
        return e.getCause() instanceof CanceledFailure ? "stopped" : e.getCause().getMessage();
      }
    }

    @Override
    public void stop() {
      stopped = true;
    }
  }

  @TempDir private Path dir;

  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean hangs;
  private SealingThreads threads;
  private SealingThread thread;
  private HostParts host;
  private StepRunner runner;
  private StageRequest request;

  @BeforeEach
  void makeHost() throws Exception {
    threads = new TestHost(dir).threads(new HangingEvidence());
    thread = threads.all().get(0);
    ThreadGrant grant = thread.grant();
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
    Stores stores = new Stores(List.of());
    host =
        new HostParts(
            grant.host(),
            threads,
            null,
            Optional.empty(),
            null,
            new NoPieces(),
            stores,
            new StoreSweep(stores, sector -> true, reservation -> false, scheduler),
            null,
            WatchdogSettings.DEFAULT);
    runner = new StepRunner(host, (runId, line, at) -> {}, any -> OptionalLong::empty, scheduler);
  }

  @AfterEach
  void close() {
    over.countDown();
    scheduler.shutdownNow();
  }

  /** Asked about scratch files while they are claimed or removed; hangs with their disk. */
  private final class HangingEvidence implements ScratchEvidence {
    @Override
    public ScratchOrigin.Rebuild here(String workflowId, String runId) {
      hangIfSo();
      return new ScratchOrigin.Rebuild("cluster", "namespace", workflowId, runId);
    }

    @Override
    public boolean isSame(ScratchOrigin.Rebuild noted, String workflowId, String runId) {
      hangIfSo();
      return true;
    }

    @Override
    public ScratchVerdict judge(Scratch.Claim claim, Optional<ScratchOrigin> origin) {
      return new ScratchVerdict(ScratchVerdict.Kind.RUNNING, "", null);
    }

    private void hangIfSo() {
      while (hangs) {
        try {
          over.await();
          return;
        } catch (InterruptedException e) {
          // What waits in the kernel is not interrupted either.
        }
      }
    }
  }

  /** Nothing is asked of them but to be given back. */
  private static final class NoPieces implements Pieces {
    @Override
    public Look look(SectorId sector, List<Piece> pieces) {
      return new Look(Map.of(), List.of());
    }

    @Override
    public void download(SectorId sector, List<Piece> pieces, CopyProgress progress) {}

    @Override
    public Optional<String> examine(Piece piece, PieceFile file, Reading reading) {
      return Optional.empty();
    }

    @Override
    public void release(SectorId sector) {}
  }

  /** How the step ends when it is stopped once it has begun. */
  private String stopped(OneActivity activity) throws Exception {
    try (TestWorkflowEnvironment environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(Payloads.converter())
                        .build())
                .build())) {
      Worker worker =
          environment.newWorker(
              "one",
              WorkerOptions.newBuilder()
                  .setMaxHeartbeatThrottleInterval(Duration.ofSeconds(1))
                  .setDefaultHeartbeatThrottleInterval(Duration.ofSeconds(1))
                  .build());
      worker.registerWorkflowImplementationTypes(StoppedStepImpl.class);
      worker.registerActivitiesImplementations(activity);
      environment.start();
      StoppedStep step =
          environment
              .getWorkflowClient()
              .newWorkflowStub(
                  StoppedStep.class, WorkflowOptions.newBuilder().setTaskQueue("one").build());
      var end = WorkflowClient.execute(step::run, request);
      begun.await();
      step.stop();
      return end.get();
    }
  }

  private Path fifo(String name) throws Exception {
    Path fifo = thread.scratch().location().resolve(name);
    Files.createDirectories(fifo.getParent());
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    return fifo;
  }

  // Catches: an abort, a pause or a move that waits until a store answers.
  @Test
  void aStepThatHangsInAStoreEndsWhenItIsStoppedAndItsThreadIsGivenBack() throws Exception {
    Path store = fifo("store");

    String end =
        stopped(
            stage ->
                runner.run(
                    stage,
                    (inputs, work) -> {
                      begun.countDown();
                      return StepOutcome.of(Files.readString(store));
                    }));

    assertThat(end).isEqualTo("stopped");
    release(false);
    assertThat(thread.sector()).isNull();
  }

  // Catches: a step that waits for its scratch before anything can stop it.
  @Test
  void aStepThatHangsInItsScratchBeforeItsWorkBeginsEndsWhenItIsStopped() throws Exception {
    hangs = true;

    String end =
        stopped(
            stage -> {
              begun.countDown();
              runner.run(stage, (inputs, work) -> StepOutcome.of("never"));
            });

    assertThat(end).isEqualTo("stopped");
  }

  // Catches: scratch that is being removed from a disk that hangs, while the thread stays held and
  // the abort is not answered.
  @Test
  void aThreadIsGivenBackAlthoughItsScratchHangs() throws Exception {
    threads.enter(SECTOR, request.thread());
    threads.claim(thread, request.facts(), null, "rebuild", "run");
    hangs = true;

    release(true);

    assertThat(thread.sector()).isNull();
  }

  private void release(boolean removeScratch) {
    TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    try {
      environment.registerActivitiesImplementations(
          new SealingActivitiesImpl(runner, host, null, null, null, scheduler));
      environment
          .newActivityStub(SealingActivities.class)
          .release(new ReleaseRequest(SECTOR, request.thread(), removeScratch));
    } finally {
      environment.close();
    }
  }
}
