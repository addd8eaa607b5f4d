package io.reseal.labelling;

import io.reseal.config.LabellingSettings;
import io.reseal.config.Processor;
import io.reseal.sector.SectorSize;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a host has for labelling.
 *
 * @param cores groups at a time
 * @param group most sectors of a group
 * @param memory bytes for all groups together
 */
public record LabellingCapacity(int cores, int group, long memory) {

  /** Of the machine's memory an eighth is left to everything else. */
  private static final long LEFT = 8;

  /**
   * @param processors those of PC1
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

  /** How many sectors of a size are labelled at a time. */
  public long sectors(SectorSize size) {
    return Math.min((long) cores * group, memory / bytes(size));
  }

  /** Two layers of a sector are in memory while it is labelled. */
  static long bytes(SectorSize size) {
    return 2 * size.bytes();
  }
}
