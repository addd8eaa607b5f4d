package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.HoldActivities;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.Names;
import io.reseal.contract.Payloads;
import io.reseal.contract.ThreadGrant;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Which thread Temporal knows a rebuild to hold. */
class TemporalHoldsTest {

  private static final SectorId SECTOR = new SectorId(1001, 123);
  private static final ThreadGrant HERE = new ThreadGrant("host-a", 0, "/a", null, null, null);
  private static final ThreadGrant ELSEWHERE = new ThreadGrant("host-b", 0, "/b", null, null, 7L);

  /** Only holds a thread. */
  @WorkflowInterface
  public interface OneHold {
    @WorkflowMethod
    void run(HoldRequest request);
  }

  /** Its hold lasts until it is told to end. */
  public static final class OneHoldImpl implements OneHold {
    @Override
    public void run(HoldRequest request) {
      Workflow.newActivityStub(
              HoldActivities.class,
              ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMinutes(5)).build())
          .hold(request);
    }
  }

  // Catches: a host that waits for a rebuild whose hold another host has.
  @Test
  void aRebuildHasTheThreadThatItsHoldsHeartbeatNames() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    HoldActivities hold =
        request -> {
          Activity.getExecutionContext().heartbeat(new HoldActivitiesImpl.Held(ELSEWHERE, 1, null));
          held.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (TestWorkflowEnvironment environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(Payloads.converter())
                        .build())
                .build())) {
      Worker worker = environment.newWorker("one");
      worker.registerWorkflowImplementationTypes(OneHoldImpl.class);
      worker.registerActivitiesImplementations(hold);
      environment.start();
      WorkflowClient client = environment.getWorkflowClient();
      TemporalHolds holds = new TemporalHolds(client);
      assertThat(holds.mayHave(SECTOR, HERE)).as("there is no rebuild").isFalse();

      OneHold rebuild =
          client.newWorkflowStub(
              OneHold.class,
              WorkflowOptions.newBuilder()
                  .setWorkflowId(Names.workflowId(SECTOR))
                  .setTaskQueue("one")
                  .build());
      WorkflowClient.start(
          rebuild::run,
          new HoldRequest(SECTOR, SealProof.KIB_2_V1_1, null, 0, Duration.ZERO, false, null));
      held.await();
      assertThat(holds.mayHave(SECTOR, ELSEWHERE)).isTrue();
      assertThat(holds.mayHave(SECTOR, HERE)).isFalse();
      end.countDown();
    }
  }
}
