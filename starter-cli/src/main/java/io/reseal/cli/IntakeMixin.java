package io.reseal.cli;

import io.reseal.catalog.SectorFindings;
import io.reseal.intake.Intake;
import io.reseal.intake.Outcome;
import io.reseal.intake.Outcome.Kind;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of every command that takes what a source says of sectors, and the taking itself. */
final class IntakeMixin extends OutputMixin {

  @Option(
      names = "--dry-run",
      description = "Change nothing; show what would come in and what contradicts.")
  private boolean dryRun;

  /**
   * Takes all words in, in order, and prints what became of each.
   *
   * @return the exit status: failed where a sector waits for more facts or for a decision
   */
  int take(Shell shell, Iterable<SectorFindings> words) {
    List<Outcome> outcomes = new ArrayList<>();
    try (Services services = shell.services()) {
      Intake intake = new Intake(services.catalog().findings());
      words.forEach(word -> outcomes.add(intake.take(word, dryRun)));
    }
    print(shell.out(), outcomes, () -> IntakeTable.of(outcomes, dryRun));
    return status(outcomes);
  }

  static int status(List<Outcome> outcomes) {
    return outcomes.stream()
            .anyMatch(
                outcome -> outcome.kind() == Kind.INCOMPLETE || outcome.kind() == Kind.CONTRADICTS)
        ? ExitStatus.FAILED
        : ExitStatus.DONE;
  }
}
