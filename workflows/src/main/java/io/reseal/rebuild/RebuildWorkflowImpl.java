package io.reseal.rebuild;

import io.reseal.contract.Continuation;
import io.reseal.contract.MoveCommand;
import io.reseal.contract.OperatorCommand;
import io.reseal.contract.PauseCommand;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.Refusal;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.ThreadGrant;
import io.reseal.options.ActivityProfiles;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.ArrayList;
import java.util.List;

/** One sector's rebuild as Temporal sees it: its run, the hosts' signals, operators' requests. */
public final class RebuildWorkflowImpl implements RebuildWorkflow {

  /** See {@link SectorRebuild}. */
  private static final int MAX_SILENCES = 10;

  private final SectorId sector;
  private final Journal journal;
  private final OperatorRequests requests;
  private final ThreadHold hold;
  private final SectorRebuild story;
  private final CancellationScope work;

  /** Operators' requests and hosts' signals may be delivered before {@link #rebuild} begins. */
  @WorkflowInit
  public RebuildWorkflowImpl(RebuildRequest request) {
    this(request, NextRun.EVENTS_PER_RUN);
  }

  RebuildWorkflowImpl(RebuildRequest request, int eventsPerRun) {
    sector = request.sector();
    ActivityProfiles profiles = new ActivityProfiles(request);
    Continuation before = request.continuation();
    hold = new ThreadHold(sector, profiles, before == null ? 0 : before.work().grantNumber());
    journal = new Journal(request, profiles);
    requests =
        new OperatorRequests(sector, before == null ? request.host() : before.host(), journal);
    story =
        new SectorRebuild(
            request, journal, requests, hold, profiles, new NextRun(request, eventsPerRun));
    work = Workflow.newCancellationScope(story::untilFinished);
  }

  @Override
  public RebuildStatus rebuild(RebuildRequest unused) {
    // Asked first, because asking lets other threads of the workflow run.
    hold.endsEveryHold(
        Workflow.getVersion("every hold is ended", Workflow.DEFAULT_VERSION, 1) == 1);
    story.maxSilences(
        Workflow.getVersion("silence is no failure", Workflow.DEFAULT_VERSION, 1) == 1
            ? MAX_SILENCES
            : 0);
    journal.begin();
    try {
      work.run();
    } catch (CanceledFailure e) {
      Workflow.newDetachedCancellationScope(
              () -> {
                story.dropped();
                journal.close();
              })
          .run();
      if (requests.abortedBy() == null) {
        throw e;
      }
    }
    journal.close();
    Workflow.await(Workflow::isEveryHandlerFinished);
    return status();
  }

  @Override
  public void threadHeld(ThreadGrant grant) {
    hold.granted(grant);
  }

  @Override
  public void threadResumed(ThreadGrant grant) {
    story.threadResumed(grant);
  }

  @Override
  public String pause(PauseCommand command) {
    requests.pause(command);
    Step running = journal.running();
    if (running != null && running.resource() != Step.Resource.NONE && !command.now()) {
      journal.waits(
          "the end of %s; then it stops, as %s requested".formatted(running.title(), command.by()));
      return "The rebuild of %s stops when %s has ended.".formatted(sector, running.title());
    }
    Workflow.await(() -> !requests.isPending(command) || isOver());
    return journal.status() == RunStatus.PAUSED && !isOver()
        ? "The rebuild of %s is paused at %s.".formatted(sector, journal.state())
        : "The rebuild of %s continued: it is at %s.".formatted(sector, journal.state());
  }

  @Override
  public void validatePause(PauseCommand command) {
    requests.validatePause(command);
  }

  @Override
  public String resume(ResumeCommand command) {
    if (command.state() == RebuildState.ABORTED) {
      return abort(new OperatorCommand(command.by()));
    }
    if (requests.withdrawsPause(command)) {
      requests.withdrawPause();
      journal.waits(null);
      return "The rebuild of %s does not stop: it continues from %s."
          .formatted(sector, journal.state());
    }
    if (command.candidates() != null) {
      story.tryInputs(command.candidates());
    }
    if (command.state() != null) {
      setBack(command.state(), command.by());
    }
    if (!journal.status().isStill()) {
      return "The rebuild of %s continues from %s when its thread is resumed."
          .formatted(sector, journal.state());
    }
    requests.goOn("by " + command.by());
    return "The rebuild of %s continues from %s.".formatted(sector, journal.state());
  }

  /** Goes back if the files of that state are still there, otherwise refuses. */
  private void setBack(RebuildState state, String by) {
    List<RebuildState> usable =
        new ArrayList<>(List.of(RebuildState.EMPTY, RebuildState.ALLOCATED));
    if (!usable.contains(state)) {
      RunStatus before = journal.status();
      requests.checking(true);
      try {
        usable.addAll(story.usableStates());
      } catch (ActivityFailure e) {
        throw Refusal.of(
            "%s did not report what is in its scratch, so %s cannot go back to %s: try again, or go back to Empty."
                .formatted(story.scratch(), sector, state));
      } finally {
        requests.checking(false);
      }
      if (isOver() || journal.status() != before) {
        throw Refusal.of("The rebuild of %s continued in the meantime.".formatted(sector));
      }
      usable.removeIf(file -> file.compareTo(journal.state()) > 0);
    }
    if (!usable.contains(state)) {
      throw Refusal.of(
          "The files of %s are no longer in the scratch of %s: %s can go back to %s."
              .formatted(
                  state,
                  story.scratch(),
                  sector,
                  OperatorRequests.list(usable.stream().distinct().sorted().toList())));
    }
    story.setBack(state, "by " + by);
    if (journal.status().isStill()) {
      requests.setBack();
    }
  }

  @Override
  public void validateResume(ResumeCommand command) {
    requests.validateResume(command, story.plan());
  }

  @Override
  public String move(MoveCommand command) {
    requests.only(command.host());
    journal.moved(command.host(), command.by());
    if (!journal.status().isStill()) {
      return "The rebuild of %s is waiting for a sealing thread of %s."
          .formatted(sector, command.host());
    }
    requests.goOn("by %s, on %s".formatted(command.by(), command.host()));
    return "The rebuild of %s continues when %s has a sealing thread for it."
        .formatted(sector, command.host());
  }

  @Override
  public void validateMove(MoveCommand command) {
    requests.validateMove(command, hold.isHeld() ? hold.grant() : null);
  }

  @Override
  public String abort(OperatorCommand command) {
    requests.abort(command);
    work.cancel("abort by " + command.by());
    Workflow.await(this::isOver);
    return "The rebuild of %s is dropped.".formatted(sector);
  }

  @Override
  public void validateAbort(OperatorCommand command) {
    requests.validateAbort();
  }

  @Override
  public RebuildStatus status() {
    return new RebuildStatus(journal.run(), journal.changes(), journal.running(), story.plan());
  }

  private boolean isOver() {
    return journal.state().isEnd();
  }
}
