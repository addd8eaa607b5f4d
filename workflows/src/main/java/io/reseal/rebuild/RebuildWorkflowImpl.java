package io.reseal.rebuild;

import io.reseal.contract.ControlActivities;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.MoveCommand;
import io.reseal.contract.OperatorCommand;
import io.reseal.contract.PauseCommand;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.ThreadGrant;
import io.reseal.plan.Event;
import io.reseal.plan.RebuildPlan;
import io.reseal.plan.StateTable;
import io.reseal.plan.Step;
import io.reseal.sector.SectorId;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.util.List;

/** One sector's rebuild: inspect, hold a thread, walk the plan; park where a person is needed. */
public final class RebuildWorkflowImpl implements RebuildWorkflow {

  /**
   * Lost scratch in one run before the rebuild parks: a disk that keeps losing files is no help.
   */
  private static final int MAX_RESTARTS = 3;

  private final List<Step> plan = RebuildPlan.full(false);

  private RebuildRequest request;
  private ActivityProfiles profiles;
  private Journal journal;
  private ThreadHold hold;
  private StageCalls stages;
  private CancellationScope work;

  private SectorFacts facts;

  /** Whether the facts have been looked at since the start or the last park. */
  private boolean inspected;

  /** The step of the plan to do next. */
  private int position;

  /** Whose scratch holds the finished steps, or null. */
  private ThreadGrant scratch;

  private int restarts;
  private ResumeCommand resume;
  private OperatorCommand abort;

  @Override
  public RebuildStatus rebuild(RebuildRequest rebuildRequest) {
    request = rebuildRequest;
    profiles = new ActivityProfiles(request.timings());
    hold = new ThreadHold(request.sector(), profiles);
    stages = new StageCalls(profiles);
    journal = new Journal(request, profiles);
    work = Workflow.newCancellationScope(this::untilFinished);
    try {
      work.run();
    } catch (CanceledFailure e) {
      Workflow.newDetachedCancellationScope(this::dropped).run();
      if (abort == null) {
        throw e;
      }
    }
    journal.close();
    Workflow.await(Workflow::isEveryHandlerFinished);
    return status();
  }

  private void untilFinished() {
    while (!journal.state().isEnd()) {
      String doing = "inspection";
      try {
        if (!inspected) {
          inspect();
        }
        doing = "holding a sealing thread";
        holdThread();
        while (position < plan.size() && !hold.changed(scratch)) {
          doing = plan.get(position).title();
          walk(plan.get(position));
        }
      } catch (ActivityFailure e) {
        if (Triage.isCancellation(e)) {
          throw new CanceledFailure("The rebuild is being dropped.");
        }
        recover(Triage.of(doing, e));
      }
    }
    hold.release(scratch, true);
  }

  private void inspect() {
    SectorId sector = request.sector();
    SectorFacts before = facts;
    facts =
        Workflow.newActivityStub(ControlActivities.class, profiles.control("inspect " + sector))
            .inspect(sector);
    inspected = true;
    if (before != null && !before.replicaId().equals(facts.replicaId())) {
      beginAgain("The sector's inputs have changed.");
    }
  }

  private void holdThread() {
    if (!hold.isHeld()) {
      long graceEnds = Workflow.currentTimeMillis() + request.timings().hostGrace().toMillis();
      hold.acquire(
          new HoldRequest(
              request.sector(),
              facts.proof(),
              position == 0 ? null : scratch,
              position == 0 ? 0 : graceEnds,
              request.timings().hostGrace()));
    }
    ThreadGrant grant = hold.grant();
    if (scratch != null && !scratch.sameScratch(grant)) {
      beginAgain("The rebuild went from %s to %s.".formatted(scratch, grant));
    }
    scratch = grant;
    journal.threadHeld(grant);
  }

  private void walk(Step step) {
    if (step.resource() == Step.Resource.NONE) {
      journal.stepDone(step, null);
      position++;
      return;
    }
    journal.stepBegins(step);
    StageCalls.Call call = stages.begin(facts, scratch, step, journal.state());
    try {
      Workflow.await(() -> call.isCompleted() || hold.changed(scratch));
    } catch (CanceledFailure e) {
      // Nothing may touch the scratch files while the step still runs.
      call.cancelAndWait();
      throw e;
    }
    if (!call.isCompleted()) {
      // The host fell silent and the thread went elsewhere, or the hold ended: so does the step.
      call.cancelAndWait();
      return;
    }
    StageReport report = call.get();
    journal.stepDone(step, report);
    position++;
  }

  /** Goes on after a failure: from the first step, or after a park. */
  private void recover(Triage failure) {
    if (failure.isScratchLost() && restarts < MAX_RESTARTS) {
      restarts++;
      beginAgain(failure.reason());
      return;
    }
    park(failure);
    if (failure.isScratchLost() || failure.isWrongSeal()) {
      restarts = 0;
      beginAgain("Sealed again from the start after: " + failure.reason());
    }
  }

  private void beginAgain(String why) {
    if (StateTable.find(journal.state(), Event.SCRATCH_LOST).isPresent()) {
      position = 0;
      journal.scratchLost(why);
    }
  }

  /** Gives the thread back, says why, waits for a word; then the inputs are looked at afresh. */
  private void park(Triage failure) {
    if (hold.isHeld()) {
      hold.release(scratch, false);
    }
    journal.parked(failure.reason());
    resume = null;
    if (failure.mayPass()) {
      Workflow.await(request.timings().parkRetry(), () -> resume != null);
    } else {
      Workflow.await(() -> resume != null);
    }
    journal.resumed(resume == null ? "by itself" : "by " + resume.by());
    resume = null;
    inspected = false;
  }

  /** Stopped by an operator: scratch is removed, nothing else is touched. */
  private void dropped() {
    if (journal.state().isEnd()) {
      return;
    }
    boolean removed = scratch == null || hold.release(scratch, true);
    String by = abort == null ? "cancelled in Temporal" : "by " + abort.by();
    journal.aborted(
        removed
            ? by
            : "%s; %s did not answer, its scratch files in %s stay"
                .formatted(by, scratch, scratch.location()));
    journal.close();
  }

  @Override
  public void threadHeld(ThreadGrant grant) {
    hold.granted(grant);
  }

  @Override
  public void threadResumed(ThreadGrant grant) {}

  @Override
  public String pause(PauseCommand command) {
    throw new IllegalStateException();
  }

  @Override
  public void validatePause(PauseCommand command) {}

  @Override
  public String move(MoveCommand command) {
    throw new IllegalStateException();
  }

  @Override
  public void validateMove(MoveCommand command) {}

  @Override
  public String resume(ResumeCommand command) {
    resume = command;
    return "Rebuild of %s goes on.".formatted(request.sector());
  }

  @Override
  public void validateResume(ResumeCommand command) {
    if (journal == null || journal.attention() == null) {
      throw new IllegalStateException(
          "The rebuild of %s is not parked%s: there is nothing to resume."
              .formatted(
                  Workflow.getInfo().getWorkflowId(), journal == null ? "" : ", " + where()));
    }
    if (resume != null) {
      throw new IllegalStateException("The rebuild is already being resumed.");
    }
  }

  @Override
  public String abort(OperatorCommand command) {
    abort = command;
    work.cancel("abort by " + command.by());
    Workflow.await(() -> journal.state().isEnd());
    return "Rebuild of %s is dropped.".formatted(request.sector());
  }

  @Override
  public void validateAbort(OperatorCommand command) {
    if (journal == null) {
      throw new IllegalStateException("The rebuild has not begun yet: try again.");
    }
    if (abort != null || journal.state().isEnd()) {
      throw new IllegalStateException(
          "The rebuild of %s is %s: there is nothing to abort."
              .formatted(
                  request.sector(), abort != null ? "being dropped already" : journal.state()));
    }
  }

  @Override
  public RebuildStatus status() {
    return journal == null
        ? null
        : new RebuildStatus(journal.run(), journal.changes(), journal.running(), plan);
  }

  private String where() {
    return "it is at %s%s"
        .formatted(
            journal.state(),
            journal.running() == null ? "" : ", running " + journal.running().title());
  }
}
