package io.reseal.scrub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.InMemoryServer;
import io.reseal.RecordedHistory;
import io.reseal.contract.Names;
import io.reseal.contract.ScrubHours;
import io.reseal.contract.ScrubPlan;
import io.reseal.contract.ScrubProgress;
import io.reseal.contract.ScrubRepairs;
import io.reseal.contract.ScrubRequest;
import io.reseal.contract.ScrubWorkflow;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.WorkflowImplementationOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Tours of made-up stores on the in-memory server, whose clock skips what is waited for. */
@Timeout(60)
class ScrubWorkflowTest {

  private static final String ID = "scrub-host-a-s";
  private static final ScrubPlan PLAN =
      new ScrubPlan(Duration.ofDays(7), null, null, null, 1, false);

  private TestWorkflowEnvironment environment;

  @AfterEach
  void close() {
    if (environment != null) {
      InMemoryServer.close(environment);
    }
  }

  private void serve(FakeStore store, int activitiesPerRun) {
    environment = TestWorkflowEnvironment.newInstance(InMemoryServer.options().build());
    Worker any = environment.newWorker(Names.CONTROL_QUEUE);
    any.registerWorkflowImplementationFactory(
        ScrubWorkflow.class,
        arguments -> new ScrubWorkflowImpl(arguments.get(0, ScrubRequest.class), activitiesPerRun),
        WorkflowImplementationOptions.getDefaultInstance());
    environment
        .newWorker(
            Names.hostScrubQueue("host-a"),
            WorkerOptions.newBuilder()
                .setMaxConcurrentActivityExecutionSize(10)
                .setMaxHeartbeatThrottleInterval(Duration.ofMillis(10))
                .build())
        .registerActivitiesImplementations(store);
    environment.start();
  }

  private WorkflowStub begin(ScrubPlan plan, ScrubProgress reached) {
    ScrubWorkflow workflow =
        environment
            .getWorkflowClient()
            .newWorkflowStub(
                ScrubWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(ID)
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .build());
    WorkflowClient.start(workflow::run, new ScrubRequest("host-a", "s", plan, reached));
    return WorkflowStub.fromTyped(workflow);
  }

  private ScrubProgress tour(ScrubPlan plan) {
    return tour(plan, null);
  }

  private ScrubProgress tour(ScrubPlan plan, ScrubProgress reached) {
    return begin(plan, reached).getResult(ScrubProgress.class);
  }

  private static List<Long> all(int copies) {
    return LongStream.range(0, copies).boxed().toList();
  }

  // Seen to fail: with a tour that starts no repairs.
  @Test
  void aTourThatAnOlderVersionBeganReplays() throws Exception {
    WorkflowReplayer.replayWorkflowExecutionFromResource(
        RecordedHistory.named("tour"), ScrubWorkflowImpl.class);
  }

  @Test
  @EnabledIfSystemProperty(named = RecordedHistory.DIRECTORY, matches = ".+")
  void recordsATour() throws Exception {
    FakeStore store = new FakeStore(30);
    store.damaged.add(5L);
    serve(store, 1000);
    ScrubPlan both = new ScrubPlan(Duration.ofDays(7), Duration.ofDays(365), null, null, 2, true);
    assertThat(tour(both).damaged()).isPositive();
    RecordedHistory.save(environment.getWorkflowClient(), ID, "tour");
  }

  /** Seen to fail when a new run forgot what the earlier ones had counted. */
  @Test
  void aTourOfManyCopiesContinuesInNewRunsAndVisitsEachCopyOnce() {
    FakeStore store = new FakeStore(1000);
    store.damaged.addAll(List.of(5L, 999L));
    serve(store, 12);
    ScrubProgress end = tour(PLAN);
    assertThat(store.visited()).isEqualTo(all(1000));
    assertThat(end.samples().visited()).isEqualTo(1000);
    assertThat(end.samples().left()).isZero();
    assertThat(end.damaged()).isEqualTo(2);
    assertThat(end.unknown()).isEqualTo(3);
    assertThat(end.ended()).isNotNull();
    assertThat(end.note()).isNull();
    assertThat(environment.getWorkflowClient().fetchHistory(ID).getEvents().size()).isLessThan(300);
  }

  /** Fails if a portion is begun again from its first copy. */
  @Test
  void aWorkerThatDiesInAPortionRepeatsNothingThatIsRecorded() {
    FakeStore store = new FakeStore(50);
    AtomicInteger calls = new AtomicInteger();
    store.before =
        portion -> {
          if (calls.incrementAndGet() == 27) {
            throw ApplicationFailure.newFailure("the worker died", "Test");
          }
        };
    serve(store, 300);
    ScrubProgress end = tour(PLAN);
    assertThat(store.visited()).isEqualTo(all(50));
    assertThat(end.samples().visited()).isEqualTo(50);
    assertThat(end.note()).isNull();
  }

  /** Seen to fail when hours were looked at only at a tour's start. */
  @Test
  void outsideItsHoursATourWaits() {
    FakeStore store = new FakeStore(60);
    serve(store, 300);
    Instant now = Instant.ofEpochMilli(environment.currentTimeMillis());
    DateTimeFormatter time = DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);
    ScrubHours hours =
        new ScrubHours(
            time.format(now.plus(Duration.ofHours(3))),
            time.format(now.plus(Duration.ofHours(3)).plus(Duration.ofMinutes(1))),
            "UTC");
    AtomicBoolean late = new AtomicBoolean();
    // The second portion is tried again until the hours have ended.
    AtomicInteger copies = new AtomicInteger();
    store.before =
        portion -> {
          Instant here = Instant.ofEpochMilli(environment.currentTimeMillis());
          long first = portion.copies().get(0).sector().number();
          if (first != 20 && !hours.untilOpen(here).isZero()) {
            late.set(true);
          }
          if (first == 20 && copies.incrementAndGet() <= 3) {
            throw ApplicationFailure.newFailure("not yet", "Test");
          }
        };
    ScrubPlan plan = new ScrubPlan(Duration.ofDays(7), null, hours, null, 1, false);
    ScrubProgress end = tour(plan);
    assertThat(store.visited()).isEqualTo(all(60));
    assertThat(late).isFalse();
    assertThat(Duration.ofMillis(end.ended() - end.began())).isGreaterThan(Duration.ofHours(26));
    assertThat(end.waitingUntil()).isNull();
  }

  /** Seen to fail when portions were checked one after another. */
  @Test
  void asManyPortionsAreCheckedAtATimeAsThereAreReaders() {
    FakeStore store = new FakeStore(60);
    CyclicBarrier together = new CyclicBarrier(3);
    Set<Long> begun = ConcurrentHashMap.newKeySet();
    store.before =
        portion -> {
          if (begun.add(portion.copies().get(0).sector().number())) {
            FakeStore.meet(together);
          }
        };
    serve(store, 300);
    tour(new ScrubPlan(Duration.ofDays(7), null, null, 90L, 3, false));
    assertThat(store.visited()).hasSize(60);
    assertThat(store.bytesPerSecond()).containsOnly(30L);
  }

  /** Seen to fail when the failure of an activity failed the tour. */
  @Test
  void aStoreThatHangsEndsItsTourWithWhatTheHostSays() {
    FakeStore store = new FakeStore(50);
    store.before =
        portion -> {
          throw ApplicationFailure.newNonRetryableFailure(
              "Store \"s\" does not answer: check its disk.", "Host.Io");
        };
    serve(store, 300);
    ScrubProgress end = tour(PLAN);
    assertThat(end.note()).contains("Store \"s\" does not answer: check its disk.");
    assertThat(store.visited()).isEmpty();
  }

  @Test
  void aStoreThatCannotBeCheckedIsLeft() {
    FakeStore store = new FakeStore(50);
    store.fault = "Store \"s\" is another one.";
    serve(store, 300);
    assertThat(tour(PLAN).note()).isEqualTo("Store \"s\" is another one.");
  }

  /** Seen to fail when a tour went on for as long as something was due. */
  @Test
  void aTourThatTakesTooLongLeavesTheRestToTheNext() {
    FakeStore store = new FakeStore(400);
    serve(store, 2);
    ScrubTally tally =
        ScrubTally.of(
            new ScrubRequest("host-a", "s", PLAN, null),
            environment.currentTimeMillis() - Duration.ofDays(8).toMillis());
    ScrubProgress end = tour(PLAN, tally.progress());
    assertThat(end.note()).contains("the next tour goes on");
    assertThat(store.visited()).isEmpty();
    assertThat(tour(PLAN).note()).isNull();
    assertThat(store.visited()).isEqualTo(all(400));
  }

  /** Seen to fail when repairs that had to wait were left to the next tour. */
  @Test
  void repairsThatWaitForOthersAreStartedLater() {
    FakeStore store = new FakeStore(1);
    store.repairs.addAll(
        List.of(new ScrubRepairs(2, 3), new ScrubRepairs(0, 3), new ScrubRepairs(2, 1)));
    store.repairs.add(new ScrubRepairs(1, 0));
    serve(store, 300);
    ScrubProgress end = tour(new ScrubPlan(Duration.ofDays(7), null, null, null, 1, true));
    assertThat(end.repairs()).isEqualTo(5);
    assertThat(store.repairs).isEmpty();
  }

  @Test
  void withoutAutomaticRepairsNoneIsAskedFor() {
    FakeStore store = new FakeStore(1);
    store.repairs.add(new ScrubRepairs(2, 0));
    serve(store, 300);
    assertThat(tour(PLAN).repairs()).isZero();
  }

  /** Fails if the answer to a query does not say how much is left. */
  @Test
  void aRunningTourSaysHowFarItIsAndEndsWhenItIsCanceled() throws Exception {
    FakeStore store = new FakeStore(60);
    CountDownLatch reached = new CountDownLatch(1);
    store.before =
        portion -> {
          if (portion.copies().get(0).sector().number() == 20) {
            reached.countDown();
            FakeStore.heartbeatUntilCanceled();
          }
        };
    serve(store, 300);
    WorkflowStub tour = begin(PLAN, null);
    reached.await();
    ScrubProgress progress = tour.query("status", ScrubProgress.class);
    assertThat(progress.samples().visited()).isEqualTo(20);
    assertThat(progress.samples().left()).isEqualTo(40);
    assertThat(progress.etaMillis()).isNotNull();
    assertThat(progress.ended()).isNull();
    tour.cancel();
    assertThatThrownBy(() -> tour.getResult(ScrubProgress.class))
        .isInstanceOf(WorkflowFailedException.class)
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(store.visited()).doesNotContain(40L);
  }
}
