package io.reseal.cli.installation;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.systemd.ServiceManager;
import io.reseal.up.EmbeddedInstallation;
import io.reseal.up.UpRequest;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the embedded installation in the foreground. */
@Command(
    name = "up",
    description = {
      "Run everything on this machine: MariaDB, Temporal with its Web UI, and one worker.",
      "The first start writes reseal.toml and worker.toml into the home directory. Ctrl-C stops"
          + " everything; the next start continues where it stopped."
    })
public final class UpCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(
      names = "--temporal-port",
      paramLabel = "PORT",
      converter = PortConverter.class,
      description = "First start: Temporal's port; default: 7233.")
  private Integer temporalPort;

  @Option(
      names = "--ui-port",
      paramLabel = "PORT",
      converter = PortConverter.class,
      description = "First start: the port of Temporal's Web UI; default: 8233.")
  private Integer uiPort;

  @Option(
      names = "--mariadb-port",
      paramLabel = "PORT",
      converter = PortConverter.class,
      description = "First start: MariaDB's port; default: 13306.")
  private Integer mariadbPort;

  @Option(
      names = "--host-name",
      paramLabel = "NAME",
      description = "First start: the sealing host's name; default: the machine's.")
  private String hostName;

  public UpCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    UpRequest request =
        new UpRequest(
            shell.embeddedHome(),
            Optional.ofNullable(temporalPort),
            Optional.ofNullable(uiPort),
            Optional.ofNullable(mariadbPort),
            Optional.ofNullable(hostName),
            Optional.empty());
    ServiceManager manager = ServiceManager.of(shell.environment());
    try (EmbeddedInstallation installation =
        new EmbeddedInstallation(request, shell.environment(), shell::line)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(installation, manager), "stop"));
      installation.start();
      manager.ready();
      installation.watch();
      shell.line(
          "Reseal is running. Put piece files into %s.".formatted(shell.home().resolve("pieces")));
      shell.line("Ctrl-C stops everything.");
      installation.awaitEnd();
    }
    return ExitStatus.DONE;
  }

  private static void stop(EmbeddedInstallation installation, ServiceManager manager) {
    manager.stopping();
    installation.close();
  }
}
