package io.reseal.gpu;

import io.reseal.config.WorkerConfig;
import io.reseal.core.Gpu;
import io.reseal.core.HostGpus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A GPU of this host and its state.
 *
 * @param index its index on this host
 * @param uuid its unique name
 * @param name its model
 * @param memory bytes of its memory
 * @param driver the driver's version, or null
 * @param compute its compute capability
 * @param pci its PCI address, or null
 * @param state whether a stage may have it
 * @param takenOutAt when it was taken out of service, in epoch milliseconds, or null
 * @param why what failed, or null
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
    /** A stage or a self-test uses it. */
    used("in use"),
    /** It has failed; no stage gets it until it is put back into service. */
    out("taken out");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** For display. */
    public String text() {
      return text;
    }
  }

  /** Whether a stage or a self-test uses a GPU now. */
  interface InUse {
    boolean test(Gpu gpu) throws IOException;
  }

  /** The GPUs of a host, in order, as seen by a process other than its worker. */
  public static List<GpuState> of(WorkerConfig config, HostGpus present) {
    return of(config, present, gpu -> GpuDirectory.of(config, gpu).isLocked());
  }

  static List<GpuState> of(WorkerConfig config, HostGpus present, InUse inUse) {
    return present.gpus().stream()
        .map(gpu -> of(gpu, present.driver().orElse(null), GpuDirectory.of(config, gpu), inUse))
        .toList();
  }

  /** A GPU whose mark cannot be read counts as out of service. */
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
