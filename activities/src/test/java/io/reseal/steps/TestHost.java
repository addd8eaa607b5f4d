package io.reseal.steps;

import io.reseal.config.Flavour;
import io.reseal.config.ThreadPlan;
import io.reseal.config.WorkerConfig;
import io.reseal.config.WorkerConfigs;
import io.reseal.contract.HoldRequest;
import io.reseal.core.Assignment;
import io.reseal.core.CoreFiles;
import io.reseal.core.HostGpus;
import io.reseal.core.NativeCore;
import io.reseal.core.StageProgram;
import io.reseal.gpu.AllowedGpus;
import io.reseal.gpu.GpuStages;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.threads.ScratchEvidence;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;

/**
 * A host without GPUs that has one sealing thread, with its scratch in a test's directory. Parts of
 * the sealing core are loaded when a test asks for them.
 */
final class TestHost {

  private final CoreFiles core = CoreFiles.anywhere(System.getenv());
  private final WorkerConfig config;

  TestHost(Path dir) throws IOException {
    Path scratch = Files.createDirectories(dir.resolve("scratch"));
    this.config =
        WorkerConfigs.withThreads(
            dir.resolve("worker.toml"),
            new WorkerConfig.SealingThread(
                0, scratch, ThreadPlan.REBUILD, WorkerConfigs.allowing(Set.of(), Set.of())));
  }

  /** Its thread, without a sector. */
  SealingThreads threads(ScratchEvidence evidence) {
    return new SealingThreads(
        config,
        (sector, held) -> evidence != null,
        evidence,
        Duration.ZERO,
        InstantSource.system(),
        () -> {});
  }

  /** Its thread, which a sector has. */
  SealingThread threadOf(SectorId sector, SealProof proof) throws Exception {
    return threads(null)
        .take(
            new HoldRequest(sector, proof, null, 0, Duration.ofSeconds(1), false, null),
            null,
            null);
  }

  StageProgram program() {
    return new StageProgram(
        core.stageProgram(), core.stageProgram(), Map.of(), Map.of(), Assignment.NONE);
  }

  GpuStages gpus() {
    HostGpus none = HostGpus.ask(core);
    return new GpuStages(new AllowedGpus(config, Flavour.CPU, none, () -> none));
  }

  NativeCore library() {
    return NativeCore.load(core);
  }
}
