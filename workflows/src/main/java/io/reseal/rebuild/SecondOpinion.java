package io.reseal.rebuild;

import io.reseal.contract.FailureType;
import io.reseal.contract.ThreadGrant;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Objects;

/**
 * Finds out whether a wrong CommR comes from wrong inputs or from a host that computes wrongly:
 * another host seals the sector again.
 */
final class SecondOpinion {

  /** How long the rebuild waits for a thread of another host. */
  private static final Duration LIMIT = Duration.ofDays(1);

  /** The first host's failure, or null while no other host is asked. */
  private Triage first;

  private ThreadGrant suspect;
  private Promise<Void> limit;

  /**
   * Whether another host should seal the sector again.
   *
   * @param onlyHost the only host that may take the rebuild, or null for any
   */
  boolean isWanted(Triage failure, String onlyHost) {
    return first == null
        && failure.mayBeInputs()
        && onlyHost == null
        && Workflow.getVersion("another host seals again", Workflow.DEFAULT_VERSION, 1) == 1;
  }

  /** Another host is asked, because of this failure on that thread. */
  void ask(Triage failure, ThreadGrant on) {
    first = failure;
    suspect = on;
    limit = Workflow.newTimer(LIMIT);
  }

  /** The first host's failure, with what happens now. */
  String asking() {
    return "%s: %s Another host seals the sector again, to find out whether the recorded inputs are wrong or %s computes wrongly."
        .formatted(first.type(), first.message(), suspect.host());
  }

  boolean isPending() {
    return first != null;
  }

  /** The host that must not give the opinion, or null. */
  String avoid() {
    return first == null ? null : suspect.host();
  }

  /** The thread whose host is to be compared with another one, or null. */
  ThreadGrant suspect() {
    return suspect;
  }

  boolean hasWaitedTooLong() {
    return first != null && limit.isCompleted();
  }

  /** No other host could be asked: the first failure with that. */
  Triage unanswered() {
    return first.because(
        "%s No other host could seal it for comparison.".formatted(first.reason()));
  }

  /** What a second failure means, on that thread. */
  Triage compared(Triage second, ThreadGrant on) {
    if (second.type() != FailureType.SECTOR_COMM_R_MISMATCH
        || second.computed() == null
        || on.host().equals(suspect.host())) {
      return second;
    }
    return second.because(
        Objects.equals(first.computed(), second.computed())
            ? "%s: %s %s has computed the same CommR before, so the hosts compute rightly and the recorded ticket, proof type or pieces are not the ones the sector was sealed with. See which source gave which value (sectors facts) and correct it (sectors add, sectors decide or another import); resume then seals the sector from the start."
                .formatted(second.type(), second.message(), suspect.host())
            : "%s: %s %s had computed a third CommR, so at least one of %s and %s computes wrongly. Check the memory, CPU and disks of both; resume then seals the sector from the start."
                .formatted(
                    second.type(), second.message(), suspect.host(), suspect.host(), on.host()));
  }

  /** What is wrong with the first host if that host's CommR is right. */
  String wrongHost(ThreadGrant right) {
    return "%s: %s computed a wrong CommR, and %s the recorded one from the same inputs: check the memory, CPU and disks of %s."
        .formatted(
            FailureType.SECTOR_COMM_R_MISMATCH, suspect.host(), right.host(), suspect.host());
  }

  void end() {
    first = null;
    suspect = null;
  }
}
