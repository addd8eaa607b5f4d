package io.reseal.rebuild;

import io.reseal.contract.MoveCommand;
import io.reseal.contract.OperatorCommand;
import io.reseal.contract.PauseCommand;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.ThreadGrant;
import io.reseal.plan.StateTable;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What operators have requested of a rebuild that it has not done yet, and which requests are
 * refused. Each refusal is an {@link IllegalStateException} whose message is a sentence.
 */
final class OperatorRequests {

  private final SectorId sector;
  private final Journal journal;

  private PauseCommand pause;
  private OperatorCommand abort;

  /** How it is resumed, or null if no one has resumed it. */
  private String goesOn;

  /** The only host that may take it, or null. */
  private String host;

  /** Whether a host is being asked which earlier states it still has the files of. */
  private boolean checking;

  /** Whether it was set back since it stopped. */
  private boolean setBack;

  OperatorRequests(SectorId sector, String host, Journal journal) {
    this.sector = sector;
    this.host = host;
    this.journal = journal;
  }

  void pause(PauseCommand command) {
    pause = command;
  }

  /** Whether it must stop once its running step has ended. */
  boolean pausing() {
    return pause != null;
  }

  /** Whether it must stop at once. */
  boolean pausingNow() {
    return pause != null && pause.now();
  }

  boolean isPending(PauseCommand command) {
    return command.equals(pause);
  }

  /** It need not stop any more. */
  void withdrawPause() {
    pause = null;
  }

  /** The rebuild has stopped, so the request is done. */
  PauseCommand takePause() {
    PauseCommand done = pause;
    pause = null;
    return done;
  }

  void abort(OperatorCommand command) {
    abort = command;
  }

  /** Who dropped the rebuild, or null. */
  String abortedBy() {
    return abort == null ? null : abort.by();
  }

  void goOn(String how) {
    goesOn = how;
  }

  boolean mayGoOn() {
    return goesOn != null;
  }

  /** How it is resumed, or null if no one resumed it; the request is then done. */
  String takeGoesOn() {
    String how = goesOn;
    goesOn = null;
    return how;
  }

  void only(String newHost) {
    host = newHost;
  }

  String host() {
    return host;
  }

  void checking(boolean nowChecking) {
    checking = nowChecking;
  }

  boolean isChecking() {
    return checking;
  }

  void setBack() {
    setBack = true;
  }

  /** Whether it was set back. Asking clears it. */
  boolean takeSetBack() {
    boolean was = setBack;
    setBack = false;
    return was;
  }

  void validatePause(PauseCommand command) {
    refuseAtEnd("pause");
    if (journal.status() == RunStatus.PARKED) {
      throw refusal("%s is already parked: %s".formatted(subject(), journal.stillBecause()));
    }
    if (journal.status() == RunStatus.PAUSED) {
      throw refusal("%s is already stopped, %s.".formatted(subject(), journal.stillBecause()));
    }
    if (pause != null && (pause.now() || !command.now())) {
      throw refusal("%s is already being paused, by %s.".formatted(subject(), pause.by()));
    }
  }

  void validateResume(ResumeCommand command, List<Step> plan) {
    refuseAtEnd("resume");
    if (command.candidates() != null
        && (command.state() != null || journal.status() != RunStatus.PARKED)) {
      throw refusal(
          "%s is not parked: other inputs are tried only from the start. Abort it, then rebuild --candidates %d."
              .formatted(subject(), command.candidates()));
    }
    boolean waitsForThread = journal.status() == RunStatus.THREAD_PAUSED;
    if (waitsForThread && command.state() == null) {
      throw refusal(
          "%s is waiting for its sealing thread, which is paused: resume the thread (reseal worker resume)."
              .formatted(subject()));
    }
    if (withdrawsPause(command)) {
      return;
    }
    if (!waitsForThread && !journal.status().isStill()) {
      throw refusal(
          "%s is neither parked nor paused, it is at %s: there is nothing to resume."
              .formatted(subject(), where()));
    }
    refuseWhileGoingOn();
    if (command.state() != null && command.state() != RebuildState.ABORTED) {
      List<RebuildState> earlier = StateTable.backFrom(journal.state(), plan);
      if (!earlier.contains(command.state())) {
        throw refusal(
            "%s is at %s and cannot continue from %s: it can go back to %s, or be dropped by Aborted."
                .formatted(subject(), journal.state(), command.state(), list(earlier)));
      }
    }
  }

  /** Whether the command comes while the rebuild has yet to stop. */
  boolean withdrawsPause(ResumeCommand command) {
    return command.state() == null && pausing() && !pausingNow() && !journal.status().isStill();
  }

  /**
   * @param held the thread it holds, or null
   */
  void validateMove(MoveCommand command, ThreadGrant held) {
    refuseAtEnd("move");
    if (command.host() == null || command.host().isBlank()) {
      throw refusal("Name the host to move %s to.".formatted(sector));
    }
    if (pause != null) {
      throw refusal("%s is being paused: move it once it has stopped.".formatted(subject()));
    }
    refuseWhileGoingOn();
    if (held != null && !journal.status().isStill()) {
      throw refusal(
          (held.host().equals(command.host())
                  ? "%s is already running on %s."
                  : "%s is running on %s: pause it first, then move it.")
              .formatted(subject(), held));
    }
    if (!journal.status().isStill() && command.host().equals(host)) {
      throw refusal("%s is already waiting for a sealing thread of %s.".formatted(subject(), host));
    }
  }

  void validateAbort() {
    refuseAtEnd("abort");
  }

  /** For people: {@code Empty, Allocated}. */
  static String list(List<RebuildState> states) {
    return states.stream().map(RebuildState::toString).collect(Collectors.joining(", "));
  }

  private void refuseAtEnd(String what) {
    if (abort != null || journal.state().isEnd()) {
      throw refusal(
          "%s is %s: there is nothing to %s."
              .formatted(
                  subject(),
                  journal.state().isEnd() ? journal.state() : "being dropped already",
                  what));
    }
  }

  private void refuseWhileGoingOn() {
    if (checking || goesOn != null) {
      throw refusal("%s is already being resumed.".formatted(subject()));
    }
  }

  private String where() {
    return journal.running() == null
        ? journal.state().toString()
        : "%s, running %s".formatted(journal.state(), journal.running().title());
  }

  private String subject() {
    return "The rebuild of " + sector;
  }

  private static IllegalStateException refusal(String sentence) {
    return new IllegalStateException(sentence);
  }
}
