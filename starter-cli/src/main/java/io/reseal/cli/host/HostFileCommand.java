package io.reseal.cli.host;

import io.reseal.cli.arguments.WorkerFileMixin;
import io.reseal.cli.shell.Shell;
import io.reseal.config.WorkerConfig;
import picocli.CommandLine.Mixin;

/** What the commands about one sealing host share: its configuration file. */
public abstract class HostFileCommand {

  private final Shell shell;

  @Mixin private WorkerFileMixin worker;

  HostFileCommand(Shell shell) {
    this.shell = shell;
  }

  final Shell shell() {
    return shell;
  }

  final WorkerConfig config() {
    return worker.load(shell);
  }
}
