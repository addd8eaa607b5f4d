package io.reseal.cli.host;

import io.reseal.cli.shell.Shell;
import picocli.CommandLine.Command;

/** Commands about one sealing host, named by its configuration file. */
@Command(
    name = "worker",
    description = "Run a sealing host's worker; list, pause and resume its sealing threads.")
public final class WorkerCommand extends HostFileCommand {

  public WorkerCommand(Shell shell) {
    super(shell);
  }
}
