package io.reseal.follow;

import io.reseal.contract.DeclareActivities;
import io.reseal.contract.FollowRequest;
import io.reseal.contract.FollowWorkflow;
import io.reseal.contract.LookActivities;
import io.reseal.contract.Names;
import io.reseal.contract.OnChain;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.options.ActivityProfiles;
import io.reseal.problem.ActivityFailures;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;

/**
 * Declares the files until the miner's software sees them, and looks at the chain when the last
 * look said that something can have changed.
 */
public final class FollowWorkflowImpl implements FollowWorkflow {

  /** A clock that differs from the chain's must not make it look all the time. */
  private static final Duration LEAST_WAIT = Duration.ofSeconds(30);

  /** Looks of one run: a few events each, far below Temporal's limit. */
  private static final int LOOKS_PER_RUN = 200;

  /** How often the files are declared again if there is no node that shows the chain. */
  private static final Duration DECLARE_AGAIN = Duration.ofHours(1);

  private FollowRequest request;
  private SoftwareAnswer software;
  private OnChain onChain;

  /** The rebuild that has put the sector back meanwhile, or null. */
  private FollowRequest again;

  @WorkflowInit
  public FollowWorkflowImpl(FollowRequest request) {
    this.request = request;
    if (request.reached() != null) {
      this.software = request.reached().software();
      this.onChain = request.reached().onChain();
    }
  }

  @Override
  public OnChain follow(FollowRequest unused) {
    for (int looks = 0; ; looks++) {
      beginAgainIfPutBackAgain();
      if (looks >= LOOKS_PER_RUN || Workflow.getInfo().isContinueAsNewSuggested()) {
        Workflow.newContinueAsNewStub(FollowWorkflow.class).follow(request.from(reached()));
      }
      if (software == null || !software.sees()) {
        software = declare();
        show();
      }
      onChain = look();
      show();
      if (again == null && isOver()) {
        return onChain;
      }
      Workflow.await(untilNextLook(), () -> again != null);
    }
  }

  private void beginAgainIfPutBackAgain() {
    if (again != null) {
      request = again;
      software = null;
      onChain = null;
      again = null;
    }
  }

  private boolean isOver() {
    return onChain == null ? !isUnseen() : onChain.nextLook() == null;
  }

  private boolean isUnseen() {
    return software != null && !software.sees();
  }

  private Duration untilNextLook() {
    if (onChain == null) {
      return DECLARE_AGAIN;
    }
    Duration wait = Duration.ofMillis(onChain.nextLook() - Workflow.currentTimeMillis());
    return wait.compareTo(LEAST_WAIT) < 0 ? LEAST_WAIT : wait;
  }

  private SoftwareAnswer declare() {
    try {
      return Workflow.newActivityStub(
              DeclareActivities.class,
              ActivityProfiles.declare(request.host(), "declare the files of " + request.sector()))
          .declare(request.sector());
    } catch (ActivityFailure e) {
      if (ActivityFailures.isCancellation(e)) {
        throw e;
      }
      String why =
          ActivityFailures.message(e).orElse("host %s did not answer".formatted(request.host()));
      return SoftwareAnswer.doesNotSee("The files could not be declared: " + why, null);
    }
  }

  private OnChain look() {
    return Workflow.newActivityStub(
            LookActivities.class, ActivityProfiles.look("look at " + request.sector()))
        .look(request.from(reached()));
  }

  /** What people see: the state, whether it waits for a person, and a few lines. */
  private void show() {
    Workflow.setCurrentDetails(FollowDetails.render(request, reached()));
    boolean waits = isUnseen() || (onChain != null && onChain.attention() != null);
    Workflow.upsertTypedSearchAttributes(Names.ATTENTION.valueSet(waits));
    if (onChain != null) {
      Workflow.upsertTypedSearchAttributes(Names.STATE.valueSet(onChain.status().word()));
    }
  }

  @Override
  public void putBack(FollowRequest by) {
    if (!by.runId().equals(request.runId())) {
      again = by;
    }
  }

  @Override
  public FollowRequest.Reached reached() {
    return new FollowRequest.Reached(software, onChain);
  }
}
