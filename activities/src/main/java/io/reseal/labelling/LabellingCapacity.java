package io.reseal.labelling;

import io.reseal.config.LabellingSettings;
import io.reseal.config.LayersInMemory;
import io.reseal.config.Processor;
import io.reseal.sector.SectorSize;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * The resources of a host for labelling.
 *
 * @param cpus the CPUs that groups label on, one for each group that can run at a time
 * @param group the maximum number of sectors in a group
 * @param memory bytes for all groups together
 * @param siblings the usable CPUs of a physical core
 * @param layers how many layers of a sector are in memory
 */
public record LabellingCapacity(
    List<Integer> cpus, int group, long memory, List<Integer> siblings, LayersInMemory layers) {

  /** One part in this many of the machine's memory is left for everything else. */
  private static final long LEFT = 8;

  /**
   * @param processors the processors of PC1
   * @param root where {@code proc} and {@code sys} are
   */
  public static LabellingCapacity of(
      LabellingSettings settings, List<Processor> processors, Path root) {
    OptionalLong machine = MachineMemory.bytes(root);
    CpuTopology topology = CpuTopology.read(root);
    return new LabellingCapacity(
        new LabellingCores(settings, processors, topology).freeCpus(),
        settings.sectorsOnACore(),
        settings
            .memory()
            .orElse(
                machine.isPresent()
                    ? machine.getAsLong() - machine.getAsLong() / LEFT
                    : Long.MAX_VALUE),
        List.copyOf(topology.cores().get(0).cpus()),
        settings.layers());
  }

  /** How many groups can run at a time. */
  public int cores() {
    return cpus.size();
  }

  /** How many sectors of a size can be labelled at a time. */
  public long sectors(SectorSize size) {
    return Math.min((long) cores() * group, sectorsInMemory(size));
  }

  /** How many sectors of a size there is memory for. */
  public long sectorsInMemory(SectorSize size) {
    return memory / layers.bytes(size);
  }

  /** The same host with another number of layers in memory. */
  public LabellingCapacity with(LayersInMemory other) {
    return new LabellingCapacity(cpus, group, memory, siblings, other);
  }
}
