package io.reseal.rebuild;

import io.reseal.InMemoryServer;
import io.reseal.contract.FailureType;
import io.reseal.contract.Names;
import io.reseal.contract.OperatorCommand;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.RequestBuilder;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.StateChange;
import io.reseal.contract.Timings;
import io.reseal.plan.Step;
import io.reseal.sector.SectorId;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkflowImplementationOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

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

  static final RebuildRequest PLAIN = RequestBuilder.of(SECTOR, TIMINGS).build();

  /** With a proof, and timers that pass while a thread is held: the server's clock stands then. */
  static final RebuildRequest PROVING = RequestBuilder.of(SECTOR, impatient()).prove().build();

  static Timings impatient() {
    return new Timings(
        TIMINGS.heartbeat(),
        TIMINGS.hostGrace(),
        TIMINGS.retryFirst(),
        TIMINGS.retryMost(),
        TIMINGS.attempts(),
        Duration.ofMillis(200));
  }

  final FakeCatalog catalog = new FakeCatalog();
  final FakeHolds holds;
  private final TestWorkflowEnvironment environment;
  private final RebuildWorkflow workflow;

  RebuildHarness(FakeHost... hosts) {
    this(RebuildWorkflowImpl.class, hosts);
  }

  RebuildHarness(Class<? extends RebuildWorkflow> implementation, FakeHost... hosts) {
    this(control -> control.registerWorkflowImplementationTypes(implementation), hosts);
  }

  /** With runs whose histories are long enough after so many events. */
  static RebuildHarness withEventsPerRun(int events, FakeHost... hosts) {
    return new RebuildHarness(
        control ->
            control.registerWorkflowImplementationFactory(
                RebuildWorkflow.class,
                arguments ->
                    new RebuildWorkflowImpl(arguments.get(0, RebuildRequest.class), events),
                WorkflowImplementationOptions.getDefaultInstance()),
        hosts);
  }

  private RebuildHarness(Consumer<Worker> register, FakeHost... hosts) {
    environment = TestWorkflowEnvironment.newInstance(InMemoryServer.options().build());
    Worker control = environment.newWorker(Names.CONTROL_QUEUE);
    register.accept(control);
    control.registerActivitiesImplementations(catalog);
    holds = new FakeHolds(environment.getWorkflowClient(), hosts);
    environment.newWorker(Names.HOLD_QUEUE).registerActivitiesImplementations(holds);
    for (FakeHost host : hosts) {
      if (host.takesItsOwnHolds()) {
        environment
            .newWorker(Names.hostHoldQueue(host.name()))
            .registerActivitiesImplementations(holds.only(host));
      }
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

  /** The rebuild's newest run, as a command addresses it. */
  RebuildWorkflow newest() {
    return client().newWorkflowStub(RebuildWorkflow.class, Names.workflowId(SECTOR));
  }

  CompletableFuture<RebuildStatus> start() {
    return start(PLAIN);
  }

  CompletableFuture<RebuildStatus> start(RebuildRequest request) {
    return WorkflowClient.execute(workflow::rebuild, request);
  }

  /** A failure of that type as a host reports it. */
  static ApplicationFailure failure(FailureType type) {
    return type.isRetried()
        ? ApplicationFailure.newFailure("It is so.", type.code())
        : ApplicationFailure.newNonRetryableFailure("It is so.", type.code());
  }

  /** That failure several times. */
  static ApplicationFailure[] failures(FailureType type, int count) {
    return Stream.generate(() -> failure(type)).limit(count).toArray(ApplicationFailure[]::new);
  }

  /** The first change of that step's title. */
  static StateChange change(RebuildStatus status, String step) {
    return status.changes().stream()
        .filter(change -> change.step().equals(step))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No '%s' in %s".formatted(step, status.changes())));
  }

  RebuildStatus run() {
    return start().join();
  }

  /** Awaits the sentence with which an operator's word is refused. */
  static String refusal(Callable<String> word) {
    try {
      throw new AssertionError("It was not refused: " + word.call());
    } catch (WorkflowUpdateException e) {
      return ((ApplicationFailure) e.getCause()).getOriginalMessage();
    } catch (Exception e) {
      throw new AssertionError("It failed otherwise.", e);
    }
  }

  /** How many events the rebuild's history has. */
  int events() {
    return client().fetchHistory(Names.workflowId(SECTOR)).getEvents().size();
  }

  /** How many events the rebuild's history has besides those of its workflow tasks. */
  long eventsOfItsOwn() {
    return client().fetchHistory(Names.workflowId(SECTOR)).getEvents().stream()
        .filter(event -> !event.getEventType().name().contains("WORKFLOW_TASK"))
        .count();
  }

  /** How many events of that type the rebuild's history has. */
  long eventsOf(EventType type) {
    return client().fetchHistory(Names.workflowId(SECTOR)).getEvents().stream()
        .filter(event -> event.getEventType() == type)
        .count();
  }

  void cancelWorkflow() {
    WorkflowStub.fromTyped(workflow).cancel();
  }

  @Override
  public void close() {
    InMemoryServer.close(environment);
  }
}
