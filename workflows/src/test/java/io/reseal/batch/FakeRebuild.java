package io.reseal.batch;

import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchWorkflow;
import io.reseal.contract.MoveCommand;
import io.reseal.contract.Names;
import io.reseal.contract.OperatorCommand;
import io.reseal.contract.PauseCommand;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.ThreadGrant;
import io.reseal.sector.RebuildState;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/**
 * A rebuild that lasts until a test lets it finish by {@code threadHeld} with the host named
 * "finish"; it tells its batch its end as a worker's record does.
 */
public final class FakeRebuild implements RebuildWorkflow {

  private boolean finish;
  private boolean aborted;

  @Override
  public RebuildStatus rebuild(RebuildRequest request) {
    Workflow.await(() -> finish || aborted);
    if (request.batch() != null) {
      tell(
          request.batch(),
          new BatchNews(
              request.sector(),
              aborted ? RebuildState.ABORTED : RebuildState.FINISHED,
              false,
              null));
    }
    return null;
  }

  /** Some times, as an activity: the in-memory server has no batch between two runs of it. */
  private static void tell(String batch, BatchNews news) {
    for (int attempt = 0; attempt < 100; attempt++) {
      try {
        Workflow.newExternalWorkflowStub(BatchWorkflow.class, Names.batchWorkflowId(batch))
            .rebuildChanged(news);
        return;
      } catch (ApplicationFailure e) {
        Workflow.sleep(Duration.ofMillis(20));
      }
    }
  }

  @Override
  public void threadHeld(ThreadGrant grant) {
    finish = true;
  }

  @Override
  public void threadResumed(ThreadGrant grant) {}

  @Override
  public String pause(PauseCommand command) {
    return "";
  }

  @Override
  public void validatePause(PauseCommand command) {}

  @Override
  public String resume(ResumeCommand command) {
    return "";
  }

  @Override
  public void validateResume(ResumeCommand command) {}

  @Override
  public String move(MoveCommand command) {
    return "";
  }

  @Override
  public void validateMove(MoveCommand command) {}

  @Override
  public String abort(OperatorCommand command) {
    aborted = true;
    return "";
  }

  @Override
  public void validateAbort(OperatorCommand command) {}

  @Override
  public RebuildStatus status() {
    return null;
  }
}
