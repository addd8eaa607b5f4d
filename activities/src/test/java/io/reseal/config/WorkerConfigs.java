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
        pieces(),
        allowing(Set.of(), Set.of()),
        List.of(threads),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        labelling(),
        new WorkerConfig.Core(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Sdr.OWN,
            Pc2.AUTO),
        new WorkerConfig.Gpu(true),
        WatchdogSettings.DEFAULT,
        Optional.empty(),
        false,
        Optional.empty(),
        List.of());
  }

  /** What a thread takes; empty sets take everything. */
  public static WorkerConfig.Sealing allowing(Set<Long> miners, Set<SectorSize> sizes) {
    return new WorkerConfig.Sealing(miners, sizes, Optional.empty(), Optional.empty());
  }

  /** Without a section on pieces: places on the host alone. */
  public static PieceSettings pieces() {
    return new PieceSettings(
        List.of(PieceSettings.Kind.values()),
        Optional.empty(),
        PieceSettings.CACHE_BYTES,
        PieceSettings.PARALLEL,
        Optional.empty(),
        PieceSettings.STALL,
        PieceSettings.RETRIES,
        List.of(),
        List.of());
  }

  /** Without a section on labelling. */
  public static LabellingSettings labelling() {
    return new LabellingSettings(
        Optional.empty(),
        Optional.empty(),
        LabellingSettings.GATHER,
        Optional.empty(),
        Optional.empty(),
        LayersInMemory.TWO);
  }
}
