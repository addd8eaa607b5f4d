package io.reseal.config;

import io.reseal.sector.SectorSize;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Worker configurations for tests that need no file: all defaults but the sealing threads. */
public final class WorkerConfigs {

  private WorkerConfigs() {}

  public static WorkerConfig withThreads(Path file, WorkerConfig.SealingThread... threads) {
    return new WorkerConfig(
        file,
        "host-a",
        List.of(),
        PieceSettings.standard(),
        allowing(Set.of(), Set.of()),
        List.of(threads),
        List.of(),
        Map.of(),
        Map.of(),
        LabellingSettings.standard(),
        new WorkerConfig.Core(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Sdr.OWN,
            Pc2.AUTO),
        new WorkerConfig.Gpu(true),
        Optional.empty(),
        List.of());
  }

  /** What a thread takes; empty sets take everything. */
  public static WorkerConfig.Sealing allowing(Set<Long> miners, Set<SectorSize> sizes) {
    return new WorkerConfig.Sealing(miners, sizes, Optional.empty(), Optional.empty());
  }
}
