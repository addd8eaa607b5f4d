package io.reseal.cli.host;

import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Drains a host. */
@Command(
    name = "drain",
    description =
        "Drain a host: it takes nothing new and finishes what its threads hold, then its worker"
            + " exits.")
public final class UtilDrainCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "NAME", description = ThreadTexts.HOST)
  private String host;

  public UtilDrainCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      String name = new KnownHosts(services.catalog()).named(host);
      return new ThreadControl(shell, services, name).drain();
    }
  }
}
