package io.reseal.cli.rebuild;

import io.reseal.cli.arguments.SectorsMixin;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.contract.OperatorCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Drops rebuilds: stops them and removes their scratch files, and nothing else. */
@Command(
    name = "abort",
    description = "Drop rebuilds: stop them and remove their scratch files, and nothing else.")
public final class AbortCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private SectorsMixin which;

  @Mixin private OutputMixin output;

  public AbortCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    return new OperatorUpdate(shell, output)
        .send("abort", new OperatorCommand(shell.requester()), which.sectors());
  }
}
