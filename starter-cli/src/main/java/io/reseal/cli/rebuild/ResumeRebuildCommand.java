package io.reseal.cli.rebuild;

import io.reseal.cli.arguments.SectorsMixin;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.contract.ResumeCommand;
import io.reseal.sector.RebuildState;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Continues rebuilds that wait for a person or were paused. */
@Command(name = "resume", description = "Continue rebuilds that were paused or wait for you.")
public final class ResumeRebuildCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private SectorsMixin which;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description =
          "Go back to this earlier state first, e.g. PC1Done, if its files are still in scratch;"
              + " Aborted drops the rebuild.")
  private RebuildState state;

  @Option(
      names = "--candidates",
      paramLabel = "N",
      description =
          "After Sector.CommRMismatch: seal from the start, and try up to N different inputs (see"
              + " rebuild --candidates).")
  private Integer candidates;

  @Mixin private OutputMixin output;

  public ResumeRebuildCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    RebuildMixin.refuseTooFew(candidates);
    return new OperatorUpdate(shell, output)
        .send("resume", new ResumeCommand(shell.requester(), state, candidates), which.sectors());
  }
}
