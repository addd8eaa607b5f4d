package io.reseal.cli;

import io.reseal.contract.MoveCommand;
import io.reseal.contract.Names;
import io.reseal.contract.OperatorCommand;
import io.reseal.contract.PauseCommand;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.contract.ThreadGrant;
import io.reseal.sector.RebuildState;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A rebuild that plays a part by its sector's number, for tests of the commands: 1 finishes at
 * once, 2 parks until it is resumed or aborted, 3 stays in its first state until it is aborted, 4
 * likewise and stays open for a moment then.
 */
public final class ScriptedRebuild implements RebuildWorkflow {

  static final long FINISHES = 1;
  static final long PARKS = 2;
  static final long LASTS = 3;
  static final long LINGERS = 4;

  public static final String ATTENTION = "Piece baga is missing: put it into /pieces.";

  private final List<StateChange> changes = new ArrayList<>();
  private RebuildRequest request;
  private String attention;
  private boolean resumed;
  private boolean aborted;

  @Override
  public RebuildStatus rebuild(RebuildRequest rebuildRequest) {
    request = rebuildRequest;
    reach(RebuildState.ALLOCATED, "thread held", 0);
    long part = request.sector().number();
    if (part == PARKS) {
      attention = ATTENTION;
      Workflow.await(() -> resumed || aborted);
      attention = null;
    }
    if (part == LASTS || part == LINGERS) {
      Workflow.await(() -> aborted);
    }
    if (aborted) {
      reach(RebuildState.ABORTED, "aborted", 0);
      if (part == LINGERS) {
        Workflow.upsertTypedSearchAttributes(Names.STATE.valueSet(RebuildState.ABORTED.toString()));
        Workflow.sleep(Duration.ofSeconds(1));
      }
    } else {
      reach(RebuildState.PIECE_ADDED, "add pieces", 850);
      reach(RebuildState.FINISHED, "check stored", 90);
    }
    return status();
  }

  private void reach(RebuildState state, String step, long millis) {
    boolean timed = millis > 0;
    changes.add(
        new StateChange(
            changes.size(),
            state,
            1_000,
            step,
            "host-a",
            0,
            1,
            timed ? 1_000L : null,
            timed ? 1_000L + millis : null,
            0,
            null,
            null));
  }

  @Override
  public void threadHeld(ThreadGrant grant) {}

  @Override
  public void threadResumed(ThreadGrant grant) {}

  @Override
  public String pause(PauseCommand command) {
    attention = "paused";
    return "stands still%s, as %s says.".formatted(command.now() ? " now" : "", command.by());
  }

  @Override
  public void validatePause(PauseCommand command) {
    if (attention != null) {
      throw new IllegalStateException("The rebuild stands still already.");
    }
  }

  @Override
  public String move(MoveCommand command) {
    return "goes to %s, as %s says.".formatted(command.host(), command.by());
  }

  @Override
  public void validateMove(MoveCommand command) {}

  @Override
  public String resume(ResumeCommand command) {
    resumed = true;
    return "goes on%s, as %s says."
        .formatted(command.state() == null ? "" : " from " + command.state(), command.by());
  }

  @Override
  public void validateResume(ResumeCommand command) {
    if (attention == null) {
      throw new IllegalStateException("The rebuild is not parked, so there is nothing to resume.");
    }
  }

  @Override
  public String abort(OperatorCommand command) {
    aborted = true;
    return "is being dropped.";
  }

  @Override
  public void validateAbort(OperatorCommand command) {
    if (aborted) {
      throw new IllegalStateException("The rebuild is being dropped already.");
    }
  }

  @Override
  public RebuildStatus status() {
    RebuildState state =
        changes.isEmpty() ? RebuildState.EMPTY : changes.get(changes.size() - 1).state();
    return new RebuildStatus(
        new RunRecord(
            Workflow.getInfo().getRunId(),
            Names.workflowId(request.sector()),
            request.sector(),
            state,
            "host-a",
            0,
            1_000,
            2_000,
            null,
            1,
            null,
            null,
            attention,
            null,
            request.requestedBy()),
        List.copyOf(changes),
        null,
        List.of());
  }
}
