package io.reseal.cli.rebuild;

import io.reseal.cli.arguments.SectorsMixin;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.contract.PauseCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Pauses rebuilds. */
@Command(
    name = "pause",
    description =
        "Pause rebuilds until they are resumed: each releases its sealing thread when its running"
            + " step has ended, and keeps its scratch files.")
public final class PauseRebuildCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private SectorsMixin which;

  @Option(
      names = "--now",
      description = "Stop the running step too; what it has finished, e.g. layers, is kept.")
  private boolean now;

  @Mixin private OutputMixin output;

  public PauseRebuildCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    return new OperatorUpdate(shell, output)
        .send("pause", new PauseCommand(shell.requester(), now), which.sectors());
  }
}
