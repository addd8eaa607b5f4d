package io.reseal.rebuild;

import io.reseal.contract.HoldActivities;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildWorkflow;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.WorkflowClient;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Grants the first host's thread on the first attempt, the next host's on the next: as the shared
 * queue does when a silent host's hold goes elsewhere.
 */
final class FakeHolds implements HoldActivities {

  private final WorkflowClient client;
  private final FakeHost[] hosts;

  FakeHolds(WorkflowClient client, FakeHost... hosts) {
    this.client = client;
    this.hosts = hosts;
  }

  @Override
  public void hold(HoldRequest request) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    FakeHost host = hosts[Math.min(context.getInfo().getAttempt(), hosts.length) - 1];
    CountDownLatch released = host.held();
    client
        .newWorkflowStub(RebuildWorkflow.class, Names.workflowId(request.sector()))
        .threadHeld(host.grant());
    try {
      while (!released.await(20, TimeUnit.MILLISECONDS)) {
        context.heartbeat(host.grant());
        if (host.isSilent()) {
          throw new IllegalStateException(host.name() + " fell silent.");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
