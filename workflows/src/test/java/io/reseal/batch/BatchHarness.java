package io.reseal.batch;

import io.reseal.InMemoryServer;
import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchProgress;
import io.reseal.contract.BatchRequest;
import io.reseal.contract.BatchWorkflow;
import io.reseal.contract.Names;
import io.reseal.contract.OperatorCommand;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.RequestBuilder;
import io.reseal.contract.ThreadGrant;
import io.reseal.contract.Timings;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkflowImplementationOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** The batch workflow on the in-memory server, with rebuilds that end when a test says so. */
final class BatchHarness implements AutoCloseable {

  static final OperatorCommand ANNE = new OperatorCommand("anne");
  static final String NAME = "disk-7";

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  final FakeBatches catalog;
  private final int sectors;
  private final TestWorkflowEnvironment environment;

  BatchHarness(int sectors) {
    this(sectors, 250);
  }

  /** How many rebuilds may be parked until no more start. */
  static final int MOST_PARKED = 3;

  BatchHarness(int sectors, int startsPerRun) {
    this(sectors, startsPerRun, false);
  }

  /** With a clock that a test moves by {@link #pass}. */
  static BatchHarness skippingTime(int sectors) {
    return new BatchHarness(sectors, 250, true);
  }

  private BatchHarness(int sectors, int startsPerRun, boolean skipTime) {
    this.sectors = sectors;
    this.catalog = new FakeBatches(sectors);
    environment =
        TestWorkflowEnvironment.newInstance(
            InMemoryServer.options().setUseTimeskipping(skipTime).build());
    Worker control = environment.newWorker(Names.CONTROL_QUEUE);
    control.registerWorkflowImplementationTypes(FakeRebuild.class);
    control.registerWorkflowImplementationFactory(
        BatchWorkflow.class,
        arguments ->
            new BatchWorkflowImpl(arguments.get(0, BatchRequest.class), startsPerRun, MOST_PARKED),
        WorkflowImplementationOptions.getDefaultInstance());
    control.registerActivitiesImplementations(catalog);
    environment.start();
  }

  WorkflowClient client() {
    return environment.getWorkflowClient();
  }

  BatchWorkflow batch() {
    return client().newWorkflowStub(BatchWorkflow.class, Names.batchWorkflowId(NAME));
  }

  CompletableFuture<BatchProgress> start(int parallel) {
    return start(parallel, null);
  }

  /** A batch whose order may change until its sectors were read. */
  CompletableFuture<BatchProgress> startByCost(int parallel) {
    return start(parallel, true);
  }

  private CompletableFuture<BatchProgress> start(int parallel, Boolean byCost) {
    BatchWorkflow workflow =
        client()
            .newWorkflowStub(
                BatchWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Names.batchWorkflowId(NAME))
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .build());
    return WorkflowClient.execute(
        workflow::run,
        new BatchRequest(
            NAME,
            sectors,
            parallel,
            Timings.standard(),
            "anne",
            false,
            false,
            null,
            null,
            false,
            null,
            byCost));
  }

  /** What the sector's rebuild was started with. */
  RebuildRequest request(long number) {
    Payloads input =
        client()
            .fetchHistory(Names.workflowId(FakeBatches.sector(number)))
            .getEvents()
            .get(0)
            .getWorkflowExecutionStartedEventAttributes()
            .getInput();
    return client()
        .getOptions()
        .getDataConverter()
        .fromPayloads(0, Optional.of(input), RebuildRequest.class, RebuildRequest.class);
  }

  /** Starts a rebuild of a sector that is not the batch's. */
  void startElsewhere(SectorId sector) {
    RebuildWorkflow workflow =
        client()
            .newWorkflowStub(
                RebuildWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Names.workflowId(sector))
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .build());
    WorkflowClient.start(
        workflow::rebuild,
        RequestBuilder.of(sector, Timings.standard()).requestedBy("bob").build());
  }

  RebuildWorkflow rebuild(long number) {
    return client()
        .newWorkflowStub(RebuildWorkflow.class, Names.workflowId(FakeBatches.sector(number)));
  }

  /** Lets a rebuild finish; the batch counts it as running a moment before it is there. */
  void finish(long number) {
    awaitBegun(number);
    rebuild(number).threadHeld(new ThreadGrant("finish", 0, "/", null, null, null));
  }

  void awaitBegun(long number) {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (true) {
      try {
        WorkflowStub.fromTyped(rebuild(number)).describe();
        return;
      } catch (WorkflowNotFoundException e) {
        pause(deadline, "sector %d is begun".formatted(number), e);
      }
    }
  }

  private void awaitRun(long number) {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (client().fetchHistory(Names.workflowId(FakeBatches.sector(number))).getEvents().stream()
        .noneMatch(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)) {
      pause(deadline, "sector %d has run".formatted(number), null);
    }
  }

  /** Lets time pass on the server, in an instant. */
  void pass(Duration time) {
    environment.sleep(time);
  }

  void awaitClosed(long number) {
    awaitStatus(number, false);
  }

  /** Waits until a rebuild of that sector is running, perhaps after another one. */
  void awaitOpen(long number) {
    awaitStatus(number, true);
  }

  private void awaitStatus(long number, boolean running) {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (true) {
      WorkflowExecutionStatus now = WorkflowStub.fromTyped(rebuild(number)).describe().getStatus();
      if ((now == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) == running) {
        return;
      }
      pause(deadline, "sector %d runs: %s".formatted(number, running), now);
    }
  }

  void awaitAsked(long number) {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (!catalog.wasAskedAbout(FakeBatches.sector(number))) {
      pause(deadline, "asked about sector " + number, null);
    }
  }

  /** Waits until the batch has recorded a state and note that begin so. */
  void awaitRecord(String begin) {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (catalog.records().stream().noneMatch(record -> record.startsWith(begin))) {
      pause(deadline, "recorded " + begin, catalog.records());
    }
  }

  private static void pause(long deadline, String what, Object now) {
    if (System.nanoTime() > deadline) {
      throw new AssertionError("Not in time: %s; it is %s".formatted(what, now));
    }
    LockSupport.parkNanos(POLL_NANOS);
  }

  /** Once the rebuild has run: the clock of the server stands for good after one that had not. */
  void terminate(long number) {
    awaitBegun(number);
    awaitRun(number);
    WorkflowStub.fromTyped(rebuild(number)).terminate("by a test");
  }

  /** Tells the batch as a worker's record does. */
  void tell(long number, RebuildState state, String parked) {
    batch()
        .rebuildChanged(new BatchNews(FakeBatches.sector(number), state, parked != null, parked));
  }

  BatchProgress await(String what, Predicate<BatchProgress> condition) {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (true) {
      BatchProgress progress = batch().status();
      if (condition.test(progress)) {
        return progress;
      }
      pause(deadline, what, progress);
    }
  }

  /**
   * The progress at the end of the batch's last run. A future of the first run cannot be had for
   * it: on the in-memory server it may miss the end of a later run.
   */
  BatchProgress awaitEnd() {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (true) {
      WorkflowExecutionStatus now = WorkflowStub.fromTyped(batch()).describe().getStatus();
      if (now == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED) {
        return batch().status();
      }
      pause(deadline, "the batch has ended", now);
    }
  }

  /** Waits until exactly these are on their way. */
  BatchProgress awaitRunning(long... numbers) {
    var expected = java.util.Arrays.stream(numbers).mapToObj(FakeBatches::sector).toList();
    return await("running " + expected, progress -> progress.running().equals(expected));
  }

  @Override
  public void close() {
    InMemoryServer.close(environment);
  }
}
