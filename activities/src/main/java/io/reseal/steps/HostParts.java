package io.reseal.steps;

import io.reseal.config.WatchdogSettings;
import io.reseal.core.NativeCore;
import io.reseal.core.StageProgram;
import io.reseal.files.StoreSweep;
import io.reseal.files.Stores;
import io.reseal.gpu.GpuStages;
import io.reseal.labelling.Labelling;
import io.reseal.pieces.Pieces;
import io.reseal.threads.SealingThreads;
import java.util.Optional;

/**
 * The parts of a sealing host that its activities use.
 *
 * @param name the host's configured name
 * @param labelling labels sectors together; empty if each is labelled on its own
 * @param sweep ends interrupted exchanges in the stores
 * @param watchdog when work that makes no progress is ended
 */
public record HostParts(
    String name,
    SealingThreads threads,
    StageProgram program,
    Optional<Labelling> labelling,
    GpuStages gpus,
    Pieces pieces,
    Stores stores,
    StoreSweep sweep,
    NativeCore core,
    WatchdogSettings watchdog) {}
