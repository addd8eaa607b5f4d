package io.reseal.cli.inputs;

import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.arguments.SectorList;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.intake.Intake;
import io.reseal.intake.Outcome;
import io.reseal.record.Fact;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Records which source is believed about a fact on which sources differ. */
@Command(
    name = "decide",
    description =
        "Choose which source to believe about a fact on which sources differ; `sectors facts` shows"
            + " them.")
public final class DecideCommand implements Callable<Integer> {

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MINER", description = SectorArguments.MINER)
  private SectorArguments.Miner miner;

  @Parameters(
      index = "1",
      paramLabel = "NUMBER",
      description = "A sector number or a range, e.g. 100-120.")
  private String numbers;

  @Parameters(
      index = "2",
      paramLabel = "FACT",
      description = "The fact, e.g. ticket, comm-r or pieces.")
  private String fact;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "SOURCE",
      description = "The source to believe, as named by `sectors facts`.")
  private String source;

  @Mixin private OutputMixin output;

  public DecideCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Fact<?> decided = check(() -> Fact.ofName(fact));
    List<SectorId> sectors =
        check(
            () -> {
              SectorList list = new SectorList();
              list.add(miner.number(), numbers);
              return list.sectors();
            });
    List<Outcome> outcomes = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    try (Services services = shell.services()) {
      Intake intake = new Intake(services.catalog().findings());
      for (SectorId sector : sectors) {
        try {
          outcomes.add(intake.decide(sector, decided, source, shell.requester()));
        } catch (IllegalArgumentException e) {
          refusals.add(e.getMessage());
        }
      }
    }
    if (!outcomes.isEmpty() || output.isJson()) {
      output.print(shell.out(), outcomes, () -> IntakeTable.of(outcomes, false, ""));
    }
    refusals.forEach(shell::say);
    return refusals.isEmpty() ? IntakeMixin.status(outcomes) : ExitStatus.REFUSED;
  }

  private <T> T check(Supplier<T> parse) {
    try {
      return parse.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }
}
