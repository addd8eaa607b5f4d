package io.reseal.cli.arguments;

import io.reseal.cli.shell.Shell;
import io.reseal.config.WorkerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the host's {@code worker.toml}. */
public final class WorkerFile {

  private WorkerFile() {}

  /** For a command that needs it: the chosen one, else that of the installation's directory. */
  public static WorkerConfig load(Shell shell, Path chosen) {
    return WorkerConfig.load(chosen == null ? shell.home().resolve("worker.toml") : chosen);
  }

  /**
   * For a command that can do without: the chosen one, else that of the installation's directory if
   * it is there.
   */
  public static Optional<Path> find(Shell shell, Path chosen) {
    return Optional.ofNullable(chosen)
        .or(() -> Optional.of(shell.home().resolve("worker.toml")).filter(Files::exists));
  }
}
