package io.reseal.cli.inputs;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.intake.Intake;
import io.reseal.intake.Outcome;
import io.reseal.intake.Outcome.Kind;
import io.reseal.record.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The options of every command that adds findings, and the adding itself. */
final class IntakeMixin extends OutputMixin {

  @Option(
      names = "--dry-run",
      description = "Change nothing; show what would be imported and which facts contradict.")
  private boolean dryRun;

  /**
   * Adds all findings in order and prints the outcome of each.
   *
   * @return the exit status: failed if a sector waits for more facts or for a decision
   */
  int take(Shell shell, Iterable<Findings> all) {
    return takeEach(shell, all::forEach, () -> "");
  }

  /**
   * Stores findings as they arrive; if the source fails, earlier ones stay stored and are shown.
   *
   * @param source passes its findings on, one by one
   * @param leftOut describes, once all have arrived, what was left out; empty if nothing was
   * @return the exit status: failed if a sector waits for more facts or for a decision
   */
  int takeEach(Shell shell, Consumer<Consumer<Findings>> source, Supplier<String> leftOut) {
    List<Outcome> outcomes = new ArrayList<>();
    try (Services services = shell.services()) {
      Intake intake = new Intake(services.catalog().findings());
      List<Findings> waiting = new ArrayList<>();
      try {
        source.accept(
            found -> {
              waiting.add(found);
              if (waiting.size() == Intake.AT_A_TIME) {
                takeAll(intake, waiting, outcomes);
              }
            });
      } finally {
        takeAll(intake, waiting, outcomes);
      }
    } catch (RuntimeException e) {
      if (!outcomes.isEmpty()) {
        show(shell, outcomes, leftOut.get());
      }
      throw e;
    }
    show(shell, outcomes, leftOut.get());
    return status(outcomes);
  }

  private void takeAll(Intake intake, List<Findings> waiting, List<Outcome> outcomes) {
    List<Findings> now = List.copyOf(waiting);
    // Before they are stored: what fails once is not tried again.
    waiting.clear();
    intake.takeAll(now, dryRun, outcomes::add);
  }

  private void show(Shell shell, List<Outcome> outcomes, String leftOut) {
    print(shell.out(), outcomes, () -> IntakeTable.of(outcomes, dryRun, leftOut));
  }

  static int status(List<Outcome> outcomes) {
    return outcomes.stream()
            .anyMatch(
                outcome -> outcome.kind() == Kind.INCOMPLETE || outcome.kind() == Kind.CONTRADICTS)
        ? ExitStatus.FAILED
        : ExitStatus.DONE;
  }
}
