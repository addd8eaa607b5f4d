package io.reseal.cli.host;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.config.Flavour;
import io.reseal.config.WorkerConfig;
import io.reseal.core.Gpu;
import io.reseal.core.HostGpus;
import io.reseal.doctor.HostCore;
import io.reseal.gpu.GpuSelfTest;
import io.reseal.gpu.GpuSelfTest.Outcome;
import io.reseal.problem.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tests GPUs of this host with a known sector. */
@Command(
    name = "test",
    description = {
      "Seal a known 2KiB sector with PC2 and (if there are parameters) C2 on the GPU, and compare"
          + " the result.",
      "A GPU that passes is put back into service, one that fails is taken out. Exit status 0 if"
          + " all pass, 1 if one fails, 4 if one is in use."
    })
public final class GpuTestCommand implements Callable<Integer> {

  private final Shell shell;
  private final GpuCommand gpu;

  @Option(names = "--device", paramLabel = "N", description = GpuCommand.DEVICE + " Default: all.")
  private String device;

  @Mixin private OutputMixin output;

  public GpuTestCommand(Shell shell, GpuCommand gpu) {
    this.shell = shell;
    this.gpu = gpu;
  }

  @Override
  public Integer call() throws Exception {
    WorkerConfig config = gpu.config();
    HostCore core = gpu.core(config);
    Flavour flavour = core.chosen().files().flavour();
    if (!flavour.onGpu()) {
      throw new RefusedException(
          "The native core that runs here (flavour %s) uses no GPU, so there is nothing to test; reseal doctor shows why no other flavour was chosen."
              .formatted(flavour));
    }
    GpuSelfTest test = core.gpuTest(config, shell::say);
    List<GpuSelfTest.Result> results = new ArrayList<>();
    for (Gpu tested : tested(core.chosen().gpus())) {
      results.add(test.run(tested));
    }
    output.print(shell.out(), results, () -> table(results));
    return has(results, Outcome.failed)
        ? ExitStatus.FAILED
        : has(results, Outcome.busy) ? ExitStatus.REFUSED : ExitStatus.DONE;
  }

  private List<Gpu> tested(HostGpus present) {
    if (device != null) {
      return List.of(GpuCommand.named(present, device));
    }
    if (present.gpus().isEmpty()) {
      throw new RefusedException(GpuCommand.none(present));
    }
    return present.gpus();
  }

  private static boolean has(List<GpuSelfTest.Result> results, Outcome outcome) {
    return results.stream().anyMatch(result -> result.outcome() == outcome);
  }

  private static String table(List<GpuSelfTest.Result> results) {
    Table table = new Table("Index", "UUID", "Name", "Outcome", "");
    for (GpuSelfTest.Result result : results) {
      table.add(result.index(), result.uuid(), result.name(), result.outcome(), result.text());
    }
    return table.toString();
  }
}
