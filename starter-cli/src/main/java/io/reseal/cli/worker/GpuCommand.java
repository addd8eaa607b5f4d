package io.reseal.cli.worker;

import io.reseal.cli.arguments.WorkerFile;
import io.reseal.cli.shell.RefusedException;
import io.reseal.cli.shell.Shell;
import io.reseal.config.WorkerConfig;
import io.reseal.core.Gpu;
import io.reseal.core.HostGpus;
import io.reseal.doctor.HostCore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Commands about the GPUs of this host; they need no running worker. */
@Command(name = "gpu", description = "List, test and put back the GPUs of this host.")
public final class GpuCommand {

  static final String DEVICE = "Its index or its UUID, as reseal gpu list shows them.";

  private final Shell shell;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The host's worker.toml; default: worker.toml in the installation's directory.")
  private Path file;

  public GpuCommand(Shell shell) {
    this.shell = shell;
  }

  WorkerConfig config() {
    return WorkerFile.load(shell, file);
  }

  HostCore core(WorkerConfig config) {
    return HostCore.find(Optional.of(config), shell.environment());
  }

  /** The GPU that an operator's word means. */
  static Gpu named(HostGpus present, String word) {
    return present.gpus().stream()
        .filter(gpu -> gpu.isNamed(word))
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    present.gpus().isEmpty()
                        ? none(present)
                        : "This host has no GPU %s; it has %s."
                            .formatted(
                                word,
                                present.gpus().stream()
                                    .map(Gpu::toString)
                                    .collect(Collectors.joining(", ")))));
  }

  /** That there is none, and why. */
  static String none(HostGpus present) {
    return "This host has no GPU: " + present.why().orElse("the driver names none");
  }
}
