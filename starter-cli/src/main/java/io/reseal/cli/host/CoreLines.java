package io.reseal.cli.host;

import io.reseal.catalog.CoreReport;
import io.reseal.gpu.GpuState;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A host's native core and its GPUs, one line each; empty if the host has reported none. */
final class CoreLines {

  private static final long GIB = 1L << 30;

  private CoreLines() {}

  /**
   * {@code core: cuda, driver 580.65}, {@code not opencl: cuda is better}, {@code GPU 0: NVIDIA
   * H100, GPU-…, 80 GiB, free}.
   */
  static String of(CoreReport core) {
    return core == null ? "" : runs(core) + others(core.others()) + gpus(core);
  }

  /** {@code 80 GiB}. */
  static String memory(GpuState gpu) {
    return gpu.memory() / GIB + " GiB";
  }

  private static String runs(CoreReport core) {
    return "core: %s%s%n"
        .formatted(core.flavour(), core.driver() == null ? "" : ", driver " + core.driver());
  }

  private static String others(Map<String, String> others) {
    return new TreeMap<>(others)
        .entrySet().stream()
            .map(other -> "not %s: %s%n".formatted(other.getKey(), other.getValue()))
            .collect(Collectors.joining());
  }

  private static String gpus(CoreReport core) {
    String why = core.why() == null ? "" : "GPUs: %s%n".formatted(core.why());
    return core.gpus().stream().map(CoreLines::gpu).collect(Collectors.joining()) + why;
  }

  private static String gpu(GpuState gpu) {
    return "GPU %d: %s, %s, %s, %s%s%n"
        .formatted(
            gpu.index(),
            gpu.name(),
            gpu.uuid(),
            memory(gpu),
            gpu.state().text(),
            gpu.why() == null ? "" : ": " + gpu.why());
  }
}
