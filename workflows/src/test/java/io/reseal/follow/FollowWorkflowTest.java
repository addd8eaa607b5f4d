package io.reseal.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.InMemoryServer;
import io.reseal.RecordedHistory;
import io.reseal.contract.DeclareActivities;
import io.reseal.contract.FollowRequest;
import io.reseal.contract.FollowWorkflow;
import io.reseal.contract.LookActivities;
import io.reseal.contract.Names;
import io.reseal.contract.OnChain;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.sector.SectorId;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Follows a sector on the in-memory server, whose clock skips what is waited for. */
@Timeout(60)
class FollowWorkflowTest {

  private static final SectorId SECTOR = new SectorId(1001, 2);
  private static final SoftwareAnswer SEES = SoftwareAnswer.sees("the check passed");
  private static final SoftwareAnswer SEES_NOT =
      SoftwareAnswer.doesNotSee("an old entry", "storage find 2");

  private final TestWorkflowEnvironment environment =
      TestWorkflowEnvironment.newInstance(InMemoryServer.options().build());

  /** What the software answers in turn; the last answer is repeated. */
  private final Deque<SoftwareAnswer> answers = new ArrayDeque<>();

  /** What the chain shows in turn: a status, and in how many hours to look again. */
  private final Deque<Shown> shown = new ArrayDeque<>();

  private final List<SoftwareAnswer> known = new ArrayList<>();
  private final List<Long> lookedAt = new ArrayList<>();
  private final CountDownLatch looked = new CountDownLatch(1);
  private int declared;

  private record Shown(OnChain.Status status, Integer hours) {}

  /** The two activities, by what the test has laid out. */
  private final class Outside implements LookActivities {

    @Override
    public OnChain look(FollowRequest request) {
      known.add(request.reached().software());
      lookedAt.add(environment.currentTimeMillis());
      Shown next = shown.size() > 1 ? shown.remove() : shown.peek();
      looked.countDown();
      return next == null
          ? null
          : new OnChain(
              next.status(),
              100,
              3,
              "",
              null,
              null,
              null,
              next.hours() == null
                  ? null
                  : environment.currentTimeMillis() + Duration.ofHours(next.hours()).toMillis(),
              List.of(),
              null);
    }
  }

  private final class Software implements DeclareActivities {
    @Override
    public SoftwareAnswer declare(SectorId sector) {
      declared++;
      if (answers.isEmpty()) {
        throw ApplicationFailure.newNonRetryableFailure("the miner does not answer", "Test");
      }
      return answers.size() > 1 ? answers.remove() : answers.peek();
    }
  }

  @BeforeEach
  void serve() {
    var any = environment.newWorker(Names.CONTROL_QUEUE);
    any.registerWorkflowImplementationTypes(FollowWorkflowImpl.class);
    any.registerActivitiesImplementations(new Outside());
    environment
        .newWorker(Names.hostScrubQueue("host-a"))
        .registerActivitiesImplementations(new Software());
    environment.start();
  }

  @AfterEach
  void close() {
    InMemoryServer.close(environment);
  }

  private static FollowRequest request(String run) {
    return new FollowRequest(SECTOR, run, "host-a", null, null);
  }

  private FollowWorkflow begin() {
    FollowWorkflow workflow =
        environment
            .getWorkflowClient()
            .newWorkflowStub(
                FollowWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Names.followWorkflowId(SECTOR))
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .build());
    WorkflowClient.start(workflow::follow, request("run-1"));
    return workflow;
  }

  private OnChain result(FollowWorkflow workflow) {
    return WorkflowStub.fromTyped(workflow).getResult(OnChain.class);
  }

  // Seen to fail: with files that are not declared.
  @Test
  void whatAnOlderVersionBeganToFollowReplays() throws Exception {
    WorkflowReplayer.replayWorkflowExecutionFromResource(
        RecordedHistory.named("followed"), FollowWorkflowImpl.class);
  }

  @Test
  @EnabledIfSystemProperty(named = RecordedHistory.DIRECTORY, matches = ".+")
  void recordsWhatIsFollowed() throws Exception {
    answers.add(SEES_NOT);
    answers.add(SEES);
    shown.add(new Shown(OnChain.Status.FAULTY, 20));
    shown.add(new Shown(OnChain.Status.RECOVERING, 3));
    shown.add(new Shown(OnChain.Status.PROVEN, null));
    assertThat(result(begin()).status()).isEqualTo(OnChain.Status.PROVEN);
    RecordedHistory.save(
        environment.getWorkflowClient(), Names.followWorkflowId(SECTOR), "followed");
  }

  /** Catches a look at any other moment than the one that the last look named. */
  @Test
  void theChainIsLookedAtWhenItMatters() {
    answers.add(SEES);
    shown.add(new Shown(OnChain.Status.FAULTY, 20));
    shown.add(new Shown(OnChain.Status.RECOVERING, 3));
    shown.add(new Shown(OnChain.Status.PROVEN, null));

    assertThat(result(begin()).status()).isEqualTo(OnChain.Status.PROVEN);
    assertThat(declared).isEqualTo(1);
    assertThat(known).containsOnly(SEES);
    assertThat(hoursBetween(lookedAt.get(0), lookedAt.get(1))).isEqualTo(20);
    assertThat(hoursBetween(lookedAt.get(1), lookedAt.get(2))).isEqualTo(3);
  }

  private static long hoursBetween(long one, long other) {
    return Math.round((other - one) / (double) Duration.ofHours(1).toMillis());
  }

  /** Catches files that are declared once and never again, though nothing sees them. */
  @Test
  void filesThatTheSoftwareDoesNotSeeAreDeclaredAgainBeforeEachLook() {
    answers.add(SEES_NOT);
    answers.add(SEES);
    shown.add(new Shown(OnChain.Status.FAULTY, 20));
    shown.add(new Shown(OnChain.Status.FAULTY, 20));
    shown.add(new Shown(OnChain.Status.PROVEN, null));

    result(begin());
    assertThat(declared).isEqualTo(2);
    assertThat(known).containsExactly(SEES_NOT, SEES, SEES);
  }

  /** Catches a miner that does not answer and keeps the chain from being looked at. */
  @Test
  void withoutAnAnswerOfTheSoftwareTheChainIsLookedAtAllTheSame() {
    shown.add(new Shown(OnChain.Status.PROVEN, null));

    FollowWorkflow workflow = begin();
    assertThat(result(workflow).status()).isEqualTo(OnChain.Status.PROVEN);
    assertThat(known.get(0).sees()).isFalse();
    assertThat(known.get(0).text()).contains("the miner does not answer");
  }

  /** Catches a follower that ends with the chain unknown and the files unseen. */
  @Test
  void withoutANodeTheFilesAreDeclaredUntilTheyAreSeen() {
    answers.add(SEES_NOT);
    answers.add(SEES_NOT);
    answers.add(SEES);

    assertThat(result(begin())).isNull();
    assertThat(declared).isEqualTo(3);
  }

  /** Catches a second rebuild of the sector whose files are not declared. */
  @Test
  void aSectorThatIsPutBackAgainIsFollowedFromTheBeginning() throws InterruptedException {
    answers.add(SEES);
    shown.add(new Shown(OnChain.Status.FAULTY, 20));
    shown.add(new Shown(OnChain.Status.PROVEN, null));

    FollowWorkflow workflow = begin();
    assertThat(looked.await(30, TimeUnit.SECONDS)).isTrue();
    workflow.putBack(request("run-1"));
    workflow.putBack(request("run-2"));

    assertThat(result(workflow).status()).isEqualTo(OnChain.Status.PROVEN);
    assertThat(declared).isEqualTo(2);
    assertThat(lookedAt).hasSize(2);
  }
}
