package io.reseal.cli.host;

import io.reseal.cli.arguments.WorkerFile;
import io.reseal.cli.shell.Shell;
import io.reseal.config.WorkerConfig;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What the commands about one sealing host have in common: its configuration file. */
public abstract class HostFileCommand {

  private final Shell shell;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The host's worker.toml; default: worker.toml in the installation's directory.")
  private Path file;

  HostFileCommand(Shell shell) {
    this.shell = shell;
  }

  final Shell shell() {
    return shell;
  }

  final WorkerConfig config() {
    return WorkerFile.load(shell, file);
  }
}
