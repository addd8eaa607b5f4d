package io.reseal.cli.arguments;

import io.reseal.cli.shell.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the host's {@code worker.toml} for commands that can do without one. */
public final class WorkerFile {

  private WorkerFile() {}

  /** The chosen one, else that of the installation's directory if it is there. */
  public static Optional<Path> find(Shell shell, Path chosen) {
    return Optional.ofNullable(chosen)
        .or(() -> Optional.of(shell.home().resolve("worker.toml")).filter(Files::exists));
  }
}
