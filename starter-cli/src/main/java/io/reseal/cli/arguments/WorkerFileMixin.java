package io.reseal.cli.arguments;

import io.reseal.cli.shell.Shell;
import io.reseal.config.WorkerConfig;
import io.reseal.problem.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The option that names a sealing host's {@code worker.toml}, and how that file is found. */
public final class WorkerFileMixin {

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The host's worker.toml; default: worker.toml in the installation's directory.")
  private Path chosen;

  /** The host's settings, for a command that cannot run without them. */
  public WorkerConfig load(Shell shell) {
    return WorkerConfig.load(chosen == null ? standard(shell) : chosen);
  }

  /**
   * Likewise, with a message for hosts that have no file.
   *
   * @param needed what the file names: {@code the stores}
   */
  public WorkerConfig require(Shell shell, String needed) {
    return find(shell)
        .map(WorkerConfig::load)
        .orElseThrow(
            () ->
                new RefusedException(
                    "%s has no worker.toml, which names %s: give a host's file with -c."
                        .formatted(shell.home(), needed)));
  }

  /** The file, for a command that can run without it; one that was named need not exist. */
  public Optional<Path> find(Shell shell) {
    return Optional.ofNullable(chosen).or(() -> Optional.of(standard(shell)).filter(Files::exists));
  }

  private static Path standard(Shell shell) {
    return shell.home().resolve("worker.toml");
  }
}
