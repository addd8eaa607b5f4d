package io.reseal.cli.host;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.config.WorkerConfig;
import io.reseal.core.HostGpus;
import io.reseal.gpu.GpuState;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the GPUs of this host. */
@Command(
    name = "list",
    description = "List this host's GPUs: which are free, in use or out of service, and why.")
public final class GpuListCommand implements Callable<Integer> {

  private final Shell shell;
  private final GpuCommand gpu;

  @Mixin private OutputMixin output;

  public GpuListCommand(Shell shell, GpuCommand gpu) {
    this.shell = shell;
    this.gpu = gpu;
  }

  @Override
  public Integer call() {
    WorkerConfig config = gpu.config();
    HostGpus present = gpu.core(config).chosen().gpus();
    if (present.gpus().isEmpty()) {
      shell.say(GpuCommand.none(present));
    }
    List<GpuState> states = GpuState.of(config, present);
    output.print(shell.out(), states, () -> table(states));
    return ExitStatus.DONE;
  }

  private static String table(List<GpuState> states) {
    Table table = new Table("Index", "UUID", "Name", "Memory", "Driver", "State", "Why");
    for (GpuState state : states) {
      table.add(
          state.index(),
          state.uuid(),
          state.name(),
          CoreLines.memory(state),
          state.driver(),
          state.state().text(),
          state.why());
    }
    return table.toString();
  }
}
