package io.reseal.cli.host;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.config.WorkerConfig;
import io.reseal.core.Gpu;
import io.reseal.gpu.GpuDirectory;
import io.reseal.problem.RefusedException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Puts a GPU of this host back into service. */
@Command(
    name = "resume",
    description = "Put a GPU back into service; reseal gpu test does so if the GPU passes.")
public final class GpuResumeCommand implements Callable<Integer> {

  private final Shell shell;
  private final GpuCommand command;

  @Option(names = "--device", paramLabel = "N", required = true, description = GpuCommand.DEVICE)
  private String device;

  public GpuResumeCommand(Shell shell, GpuCommand command) {
    this.shell = shell;
    this.command = command;
  }

  @Override
  public Integer call() throws Exception {
    WorkerConfig config = command.config();
    Gpu gpu = GpuCommand.named(command.core(config).chosen().gpus(), device);
    GpuDirectory directory = GpuDirectory.of(config, gpu);
    if (directory.mark().isEmpty()) {
      throw new RefusedException(
          "%s is not out of service; there is nothing to resume.".formatted(gpu));
    }
    directory.unmark();
    shell.line("%s is back in service.".formatted(gpu));
    return ExitStatus.DONE;
  }
}
