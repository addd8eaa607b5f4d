package io.reseal.labelling;

import io.reseal.config.LabellingSettings;
import io.reseal.config.Processor;
import io.reseal.sector.SectorSize;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * The resources of a host for labelling.
 *
 * @param cores how many groups can run at a time
 * @param group the maximum number of sectors in a group
 * @param memory bytes for all groups together
 */
public record LabellingCapacity(int cores, int group, long memory) {

  /** One part in this many of the machine's memory is left for everything else. */
  private static final long LEFT = 8;

  /**
   * @param processors the processors of PC1
   * @param root where {@code proc} and {@code sys} are
   */
  public static LabellingCapacity of(
      LabellingSettings settings, List<Processor> processors, Path root) {
    OptionalLong machine = MachineMemory.bytes(root);
    return new LabellingCapacity(
        new LabellingCores(settings, processors, CpuTopology.read(root)).free(),
        settings.group(),
        settings
            .memory()
            .orElse(
                machine.isPresent()
                    ? machine.getAsLong() - machine.getAsLong() / LEFT
                    : Long.MAX_VALUE));
  }

  /** How many sectors of a size can be labelled at a time. */
  public long sectors(SectorSize size) {
    return Math.min((long) cores * group, memory / bytes(size));
  }

  /** Two layers of a sector are in memory while it is labelled. */
  static long bytes(SectorSize size) {
    return 2 * size.bytes();
  }
}
