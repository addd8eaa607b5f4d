package io.reseal.worker;

import io.grpc.StatusRuntimeException;
import io.reseal.threads.SealingThreads;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the worker once it is drained: no thread is held, and the drain request is answered. */
final class Drain {

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  /**
   * How long no thread must have been held before the worker ends: the rebuild that released the
   * last thread may have no other worker to run its final activities.
   */
  private static final Duration QUIET = Duration.ofSeconds(3);

  private final SealingThreads threads;
  private final WorkflowClient client;
  private final Runnable end;
  private String command;
  private long quietSince = -1;
  private boolean ended;

  /**
   * @param end ends the worker; called once
   */
  Drain(SealingThreads threads, WorkflowClient client, Runnable end) {
    this.threads = threads;
    this.client = client;
    this.end = end;
  }

  /** Starts the drain that this workflow has asked for. */
  synchronized void begin(String workflowId) {
    command = workflowId;
  }

  /** Ends the worker if the drain is complete; called periodically. */
  synchronized void look() {
    if (command == null || ended) {
      return;
    }
    long now = System.nanoTime();
    if (threads.held() > 0) {
      quietSince = -1;
    } else if (quietSince < 0) {
      quietSince = now;
    } else if (now - quietSince >= QUIET.toNanos() && isAnswered()) {
      ended = true;
      LOG.info("The host is drained; the worker ends");
      end.run();
    }
  }

  /** Unknown counts as answered: an unreachable server must not keep the worker alive. */
  private boolean isAnswered() {
    try {
      return client.newUntypedWorkflowStub(command).describe().getStatus()
          != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    } catch (WorkflowNotFoundException | WorkflowServiceException | StatusRuntimeException e) {
      return true;
    }
  }
}
