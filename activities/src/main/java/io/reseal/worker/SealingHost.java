package io.reseal.worker;

import io.reseal.checks.DamageRepair;
import io.reseal.checks.ScrubActivitiesImpl;
import io.reseal.config.Flavour;
import io.reseal.config.Sdr;
import io.reseal.config.ThreadPlan;
import io.reseal.config.WorkerConfig;
import io.reseal.core.ChosenCore;
import io.reseal.core.HostGpus;
import io.reseal.core.StageProgram;
import io.reseal.files.StoreIdentities;
import io.reseal.files.StoreSweep;
import io.reseal.files.Stores;
import io.reseal.gpu.AllowedGpus;
import io.reseal.gpu.GpuStages;
import io.reseal.labelling.Labelling;
import io.reseal.pieces.CoreVerifier;
import io.reseal.pieces.HostPieces;
import io.reseal.pieces.PieceSources;
import io.reseal.plan.Step;
import io.reseal.steps.HostActivities;
import io.reseal.steps.HostParts;
import io.reseal.steps.TemporalHolds;
import io.reseal.threads.LocationGuard;
import io.reseal.threads.SealingThreads;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The parts of a sealing host, built from its file.
 *
 * @param events reports changes of threads and labelling
 * @param labelling labels sectors together; empty if each is labelled on its own
 * @param allStores the stores
 * @param stores looks at the stores from time to time
 * @param sweep ends interrupted exchanges in the stores
 * @param drain ends the worker after a request to drain it
 */
record SealingHost(
    HostEvents events,
    AllowedGpus gpus,
    SealingThreads threads,
    Optional<Labelling> labelling,
    HostPieces pieces,
    Stores allStores,
    StoreWatch stores,
    StoreSweep sweep,
    Drain drain,
    HostActivities activities,
    ScrubActivitiesImpl scrub) {

  /**
   * Builds the host without starting anything.
   *
   * @param guard secures the threads' locations
   * @param end ends the worker when it has been drained
   */
  static SealingHost build(
      WorkerConfig config,
      ChosenCore core,
      HostServices services,
      LocationGuard guard,
      Runnable end) {
    HostEvents events = new HostEvents();
    AllowedGpus gpus =
        new AllowedGpus(
            config, core.files().flavour(), core.gpus(), () -> HostGpus.ask(core.files()));
    StageProgram program = program(config, core);
    SealingThreads threads = threads(config, services, guard, events);
    Optional<Labelling> labelling = labelling(config, program, services, events);
    labelling.ifPresent(all -> all.expect(threads::toLabel));
    labelling.ifPresent(all -> events.onThreads(all::look));
    Drain drain = new Drain(threads, services.temporal().client(), end);
    StoreIdentities identities = StoreIdentities.ofWorker(config);
    Stores stores = Stores.of(config, identities, new EndedRebuilds(services.temporal()));
    StoreWatch watch =
        new StoreWatch(
            stores,
            new StoreRegistry(
                config.name(), identities, StoreRegistry.Known.of(services.catalog().stores())),
            services.storeLooks(),
            System::nanoTime);
    StoreSweep sweep =
        new StoreSweep(
            stores,
            new RunningRebuilds(services.temporal()),
            RebuildEvidence.of(config.name(), services.temporal(), services.catalog())::isOver,
            services.storeLooks());
    HostPieces pieces =
        new HostPieces(
            config.pieces(),
            PieceSources.of(config, stores, services.catalog().sectors()::holding, System.getenv()),
            new CoreVerifier(program));
    HostParts parts =
        new HostParts(
            config.name(),
            threads,
            program,
            labelling,
            new GpuStages(gpus),
            pieces,
            stores,
            sweep,
            core.library(),
            config.watchdog());
    HostActivities activities =
        new HostActivities(
            parts,
            services.catalog(),
            services.temporal().client(),
            services.scheduler(),
            services.temporal().outage()::overFor,
            drain::begin);
    return new SealingHost(
        events,
        gpus,
        threads,
        labelling,
        pieces,
        stores,
        watch,
        sweep,
        drain,
        activities,
        scrub(config, parts, services));
  }

  private static ScrubActivitiesImpl scrub(
      WorkerConfig config, HostParts parts, HostServices services) {
    boolean rebuilds =
        config.threads().stream().anyMatch(thread -> thread.plan() == ThreadPlan.REBUILD);
    return new ScrubActivitiesImpl(
        parts,
        services.catalog(),
        new DamageRepair(
            services.catalog(),
            services.temporal().client(),
            services.installation().timings(),
            rebuilds ? config.name() : null),
        services.scheduler());
  }

  /** Starts stage processes with the settings of the host's file. */
  static StageProgram program(WorkerConfig config, ChosenCore core) {
    Flavour flavour = core.files().flavour();
    return new StageProgram(
        core.withoutGpu(),
        core.files().stageProgram(),
        config.core().settings(),
        config.processors(),
        AllowedGpus.withoutGpu(flavour, config.core().pc2()));
  }

  /** The sealing threads, with what they held before the worker was restarted. */
  private static SealingThreads threads(
      WorkerConfig config, HostServices services, LocationGuard guard, HostEvents events) {
    SealingThreads threads =
        new SealingThreads(
            config,
            new TemporalHolds(services.temporal().client()),
            RebuildEvidence.of(config.name(), services.temporal(), services.catalog()),
            services.installation().timings().parkRetry(),
            InstantSource.system(),
            events::threadsChanged);
    threads.restore(guard);
    return threads;
  }

  private static Optional<Labelling> labelling(
      WorkerConfig config, StageProgram program, HostServices services, HostEvents events) {
    return config.core().sdr() == Sdr.STOCK
        ? Optional.empty()
        : Optional.of(
            new Labelling(
                program,
                config.labelling(),
                config.processors().getOrDefault(Step.Resource.PC1, List.of()),
                config.slots(Step.Resource.PC1),
                Path.of("/"),
                services.scheduler(),
                InstantSource.system(),
                events::labellingChanged));
  }
}
