package io.reseal.rebuild;

import io.reseal.contract.FailureType;
import io.reseal.contract.HoldActivities;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildWorkflow;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.WorkflowClient;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Grants the first host's thread on the first attempt, the next host's on the next: as the shared
 * queue does when a silent host's hold goes elsewhere. Grants none while all threads are busy.
 */
final class FakeHolds implements HoldActivities {

  private final WorkflowClient client;
  private final FakeHost[] hosts;
  private final List<HoldRequest> requests = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch freed = new CountDownLatch(1);
  private final CountDownLatch left = new CountDownLatch(1);
  private volatile FakeHost leftTo;
  private volatile boolean busy;

  FakeHolds(WorkflowClient client, FakeHost... hosts) {
    this.client = client;
    this.hosts = hosts;
  }

  /** What one host's own queue grants: that host's thread, whatever the others do. */
  HoldActivities only(FakeHost host) {
    return request -> hold(request, host);
  }

  /** From now on no thread of the shared queue is free. */
  void allBusy() {
    busy = true;
  }

  void free() {
    busy = false;
    freed.countDown();
  }

  /** The next attempt on the shared queue is left to the host that has the thread. */
  void leaveNextTo(FakeHost host) {
    leftTo = host;
  }

  /** Waits until an attempt was left. */
  void awaitLeft() throws InterruptedException {
    if (!left.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("No thread was asked for again.");
    }
  }

  /** Waits until a thread was asked for while all were busy. */
  void awaitAsked() throws InterruptedException {
    if (!asked.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("No thread was asked for.");
    }
  }

  /** What was asked for, each attempt. */
  List<HoldRequest> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void hold(HoldRequest request) {
    if (busy) {
      waitInVain();
    }
    if (leftTo != null) {
      leave(request);
    }
    int attempt = Activity.getExecutionContext().getInfo().getAttempt();
    FakeHost next = hosts[Math.min(attempt, hosts.length) - 1];
    boolean another = next.name().equals(request.avoid()) || (next.isSilent() && hosts.length > 1);
    hold(request, another ? other(next) : next);
  }

  private void leave(HoldRequest request) {
    FakeHost host = leftTo;
    leftTo = null;
    requests.add(request);
    left.countDown();
    throw ApplicationFailure.newNonRetryableFailure(
        host.name() + " has it.", FailureType.HOST_NO_THREAD.code(), host.grant());
  }

  private FakeHost other(FakeHost avoided) {
    return Arrays.stream(hosts)
        .filter(host -> host != avoided)
        .findFirst()
        .orElseThrow(
            () ->
                ApplicationFailure.newNonRetryableFailure(
                    "No other host takes rebuilds now.", FailureType.HOST_NO_OTHER.code()));
  }

  /**
   * Stands for attempts that find no thread: one that waits, and can be canceled at any moment.
   * (The in-memory server loses a cancellation that comes as an attempt fails.)
   */
  private void waitInVain() {
    ActivityExecutionContext context = Activity.getExecutionContext();
    asked.countDown();
    try {
      while (!freed.await(20, TimeUnit.MILLISECONDS)) {
        context.heartbeat("all are busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    throw ApplicationFailure.newFailure("All were busy.", FailureType.HOST_NO_THREAD.code());
  }

  private void hold(HoldRequest request, FakeHost host) {
    requests.add(request);
    ActivityExecutionContext context = Activity.getExecutionContext();
    CountDownLatch released = host.held();
    try {
      client
          .newWorkflowStub(RebuildWorkflow.class, Names.workflowId(request.sector()))
          .threadHeld(host.grant().numbered(request.numberOf(context.getInfo().getAttempt())));
      host.signalled();
      while (!released.await(20, TimeUnit.MILLISECONDS)) {
        context.heartbeat(host.grant());
        if (host.isSilent()) {
          throw new IllegalStateException(host.name() + " fell silent.");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      host.notHeld();
    }
  }
}
