package io.reseal.gpu;

import io.reseal.config.WorkerConfig;
import io.reseal.core.Gpu;
import io.reseal.core.HostGpus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A GPU of this host and how it stands.
 *
 * @param index its place among the host's
 * @param uuid its own name
 * @param name of its kind
 * @param memory bytes
 * @param driver the driver's version, or null
 * @param compute its compute capability
 * @param pci its PCI address, or null
 * @param state whether a stage may have it
 * @param takenOutAt epoch milliseconds since when it is taken out, or null
 * @param why what failed then, or null
 */
public record GpuState(
    int index,
    String uuid,
    String name,
    long memory,
    String driver,
    String compute,
    String pci,
    State state,
    Long takenOutAt,
    String why) {

  /** Whether a stage may have it. */
  public enum State {
    free("free"),
    /** A stage or a self-test has it. */
    used("in use"),
    /** It has failed; no stage has it until it is put back. */
    out("taken out");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** For people. */
    public String text() {
      return text;
    }
  }

  /** Whether a stage or a self-test has a GPU now. */
  interface InUse {
    boolean test(Gpu gpu) throws IOException;
  }

  /** All of a host, in order, as another process than its worker sees them. */
  public static List<GpuState> of(WorkerConfig config, HostGpus present) {
    return of(config, present, gpu -> GpuDirectory.of(config, gpu).isLocked());
  }

  static List<GpuState> of(WorkerConfig config, HostGpus present, InUse inUse) {
    return present.gpus().stream()
        .map(gpu -> of(gpu, present.driver().orElse(null), GpuDirectory.of(config, gpu), inUse))
        .toList();
  }

  /** No stage gets one whose mark cannot be read. */
  private static GpuState of(Gpu gpu, String driver, GpuDirectory directory, InUse inUse) {
    try {
      Optional<GpuMark> mark = directory.mark();
      State state = mark.isPresent() ? State.out : inUse.test(gpu) ? State.used : State.free;
      return of(
          gpu,
          driver,
          state,
          mark.map(GpuMark::at).orElse(null),
          mark.map(GpuMark::reason).orElse(null));
    } catch (IOException e) {
      return of(gpu, driver, State.out, null, "its files cannot be read: " + e.getMessage());
    }
  }

  private static GpuState of(Gpu gpu, String driver, State state, Long takenOutAt, String why) {
    return new GpuState(
        gpu.index(),
        gpu.uuid(),
        gpu.name(),
        gpu.memory(),
        driver,
        gpu.compute(),
        gpu.pci(),
        state,
        takenOutAt,
        why);
  }
}
