package io.reseal.gpu;

import io.reseal.config.WorkerConfig;
import io.reseal.core.Gpu;
import io.reseal.core.HostGpus;
import java.io.IOException;
import java.util.ArrayList;
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

  /** All of a host, in order. */
  public static List<GpuState> of(WorkerConfig config, HostGpus present) throws IOException {
    List<GpuState> states = new ArrayList<>();
    for (Gpu gpu : present.gpus()) {
      GpuDirectory directory = GpuDirectory.of(config, gpu);
      Optional<GpuMark> mark = directory.mark();
      State state = mark.isPresent() ? State.out : directory.isLocked() ? State.used : State.free;
      states.add(
          new GpuState(
              gpu.index(),
              gpu.uuid(),
              gpu.name(),
              gpu.memory(),
              present.driver().orElse(null),
              gpu.compute(),
              gpu.pci(),
              state,
              mark.map(GpuMark::at).orElse(null),
              mark.map(GpuMark::reason).orElse(null)));
    }
    return states;
  }
}
