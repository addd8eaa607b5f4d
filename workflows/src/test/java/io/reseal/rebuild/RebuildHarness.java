package io.reseal.rebuild;

import io.reseal.contract.Names;
import io.reseal.contract.OperatorCommand;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.Timings;
import io.reseal.plan.Step;
import io.reseal.sector.SectorId;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The rebuild workflow on the in-memory server, with fake hosts and a fake catalog. */
final class RebuildHarness implements AutoCloseable {

  static final SectorId SECTOR = new SectorId(1001, 123);
  static final OperatorCommand ANNE = new OperatorCommand("anne");
  static final ResumeCommand ANNE_RESUMES = new ResumeCommand("anne", null);

  static final Timings TIMINGS =
      new Timings(
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofMillis(10),
          Duration.ofMillis(50),
          3,
          Duration.ofMinutes(30));

  final FakeCatalog catalog = new FakeCatalog();
  private final TestWorkflowEnvironment environment;
  private final RebuildWorkflow workflow;

  RebuildHarness(FakeHost... hosts) {
    this(RebuildWorkflowImpl.class, hosts);
  }

  RebuildHarness(Class<? extends RebuildWorkflow> implementation, FakeHost... hosts) {
    environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .registerSearchAttribute(
                    Names.MINER.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .registerSearchAttribute(
                    Names.SECTOR.getName(), IndexedValueType.INDEXED_VALUE_TYPE_INT)
                .registerSearchAttribute(
                    Names.STATE.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .registerSearchAttribute(
                    Names.HOST.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .registerSearchAttribute(
                    Names.ATTENTION.getName(), IndexedValueType.INDEXED_VALUE_TYPE_BOOL)
                .build());
    Worker control = environment.newWorker(Names.CONTROL_QUEUE);
    control.registerWorkflowImplementationTypes(implementation);
    control.registerActivitiesImplementations(catalog);
    Worker holds = environment.newWorker(Names.HOLD_QUEUE);
    holds.registerActivitiesImplementations(new FakeHolds(environment.getWorkflowClient(), hosts));
    for (FakeHost host : hosts) {
      for (Step.Resource resource : Step.Resource.values()) {
        if (resource != Step.Resource.NONE) {
          environment
              .newWorker(Names.hostQueue(host.name(), resource))
              .registerActivitiesImplementations(host);
        }
      }
    }
    environment.start();
    workflow =
        client()
            .newWorkflowStub(
                RebuildWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Names.workflowId(SECTOR))
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .build());
  }

  WorkflowClient client() {
    return environment.getWorkflowClient();
  }

  TestWorkflowEnvironment environment() {
    return environment;
  }

  RebuildWorkflow workflow() {
    return workflow;
  }

  CompletableFuture<RebuildStatus> start() {
    return WorkflowClient.execute(
        workflow::rebuild,
        new RebuildRequest(SECTOR, TIMINGS, "operator", false, false, null, null));
  }

  RebuildStatus run() {
    return start().join();
  }

  void cancelWorkflow() {
    WorkflowStub.fromTyped(workflow).cancel();
  }

  @Override
  public void close() {
    environment.close();
  }
}
