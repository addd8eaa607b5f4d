package io.reseal.cli.arguments;

import io.reseal.cli.shell.RefusedException;
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
   * The same; where there is none it says what is missing.
   *
   * @param needed what the file would say: {@code where the stores are}
   */
  public static WorkerConfig require(Shell shell, Path chosen, String needed) {
    return WorkerConfig.load(
        find(shell, chosen)
            .orElseThrow(
                () ->
                    new RefusedException(
                        "Nothing says %s: %s has no worker.toml. Name a host's file with -c."
                            .formatted(needed, shell.home()))));
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
