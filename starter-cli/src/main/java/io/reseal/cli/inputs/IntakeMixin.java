package io.reseal.cli.inputs;

import io.reseal.catalog.SectorFindings;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.intake.Intake;
import io.reseal.intake.Outcome;
import io.reseal.intake.Outcome.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
    return takeEach(shell, words::forEach);
  }

  /**
   * Takes words in as they come; where their source fails, what came before is in and is shown.
   *
   * @param words gives each word to the taker
   * @return the exit status: failed where a sector waits for more facts or for a decision
   */
  int takeEach(Shell shell, Consumer<Consumer<SectorFindings>> words) {
    List<Outcome> outcomes = new ArrayList<>();
    try (Services services = shell.services()) {
      Intake intake = new Intake(services.catalog().findings());
      words.accept(word -> outcomes.add(intake.take(word, dryRun)));
    } catch (RuntimeException e) {
      if (!outcomes.isEmpty()) {
        show(shell, outcomes);
      }
      throw e;
    }
    show(shell, outcomes);
    return status(outcomes);
  }

  private void show(Shell shell, List<Outcome> outcomes) {
    print(shell.out(), outcomes, () -> IntakeTable.of(outcomes, dryRun));
  }

  static int status(List<Outcome> outcomes) {
    return outcomes.stream()
            .anyMatch(
                outcome -> outcome.kind() == Kind.INCOMPLETE || outcome.kind() == Kind.CONTRADICTS)
        ? ExitStatus.FAILED
        : ExitStatus.DONE;
  }
}
