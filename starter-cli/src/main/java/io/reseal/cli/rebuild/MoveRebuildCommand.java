package io.reseal.cli.rebuild;

import io.reseal.catalog.ThreadRow;
import io.reseal.cli.arguments.SectorsMixin;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.contract.MoveCommand;
import io.reseal.problem.RefusedException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Binds rebuilds to one host. */
@Command(
    name = "move",
    description =
        "Bind rebuilds that are queued, parked or paused to one host; pause a running rebuild"
            + " first. On another host, a rebuild starts again from the beginning.")
public final class MoveRebuildCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private SectorsMixin which;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      required = true,
      description = "The host's name in its worker.toml.")
  private String host;

  @Mixin private OutputMixin output;

  public MoveRebuildCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      refuseUnknown(
          services.catalog().threads().all().stream().map(ThreadRow::host).distinct().toList());
    }
    return new OperatorUpdate(shell, output)
        .send("move", new MoveCommand(shell.requester(), host), which.sectors());
  }

  private void refuseUnknown(List<String> known) {
    if (!known.contains(host)) {
      throw new RefusedException(
          "No worker named %s has reported; %s."
              .formatted(
                  host,
                  known.isEmpty()
                      ? "no other has reported either"
                      : "known workers: " + String.join(", ", known)));
    }
  }
}
