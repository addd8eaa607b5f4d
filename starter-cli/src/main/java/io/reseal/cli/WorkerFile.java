package io.reseal.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the host's {@code worker.toml} for commands that can do without one. */
final class WorkerFile {

  private WorkerFile() {}

  /** The chosen one, else that of the installation's directory if it is there. */
  static Optional<Path> find(Shell shell, Path chosen) {
    return Optional.ofNullable(chosen)
        .or(() -> Optional.of(shell.home().resolve("worker.toml")).filter(Files::exists));
  }
}
