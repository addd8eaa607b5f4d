package io.reseal.cli.worker;

import io.reseal.cli.arguments.WorkerFile;
import io.reseal.cli.shell.Shell;
import io.reseal.config.WorkerConfig;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Commands about one sealing host, named by its configuration file. */
@Command(
    name = "worker",
    description = "Run a sealing host's worker, list, pause and resume its sealing threads.")
public final class WorkerCommand {

  private final Shell shell;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The host's worker.toml; default: worker.toml in the installation's directory.")
  private Path file;

  public WorkerCommand(Shell shell) {
    this.shell = shell;
  }

  WorkerConfig config() {
    return WorkerFile.load(shell, file);
  }
}
