package io.reseal.cli.host;

import io.reseal.cli.shell.Shell;
import io.reseal.config.WorkerConfig;
import io.reseal.core.Gpu;
import io.reseal.core.HostGpus;
import io.reseal.doctor.HostCore;
import io.reseal.problem.RefusedException;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Commands about the GPUs of this host; they need no running worker. */
@Command(
    name = "gpu",
    description = "List and test the GPUs of this host, and put them back into service.")
public final class GpuCommand extends HostFileCommand {

  static final String DEVICE = "The GPU's index or UUID, as shown by reseal gpu list.";

  public GpuCommand(Shell shell) {
    super(shell);
  }

  HostCore core(WorkerConfig config) {
    return HostCore.find(Optional.of(config), shell().environment());
  }

  /** The GPU with this index or UUID. */
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

  /** Says that the host has no GPU, and why. */
  static String none(HostGpus present) {
    return "This host has no GPU: " + present.why().orElse("the driver lists none");
  }
}
