package io.reseal.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.uber.m3.tally.NoopScope;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.CatalogProbe;
import io.reseal.catalog.CatalogSettings;
import io.reseal.catalog.ThreadRow;
import io.reseal.config.ConfigException;
import io.reseal.config.Installation;
import io.reseal.config.Pc2;
import io.reseal.config.WorkerConfig;
import io.reseal.core.ChosenCore;
import io.reseal.core.CoreException;
import io.reseal.core.CoreNotFoundException;
import io.reseal.core.StageDiedException;
import io.reseal.gpu.GpuState;
import io.reseal.labelling.LabelSpeeds;
import io.reseal.labelling.LabellingCapacity;
import io.reseal.labelling.ProcessorFaults;
import io.reseal.plan.Step;
import io.reseal.sector.SectorSize;
import io.reseal.temporal.NamespaceOwner;
import io.reseal.temporal.TemporalConnection;
import io.reseal.temporal.TemporalProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks everything that a rebuild on this host needs. */
public final class Doctor {

  /** Enough to fill a disk's own buffers. */
  private static final long WRITTEN = 1L << 30;

  private static final Path ROOT = Path.of("/");

  private final Path home;
  private final Optional<Path> workerFile;
  private final Map<String, String> env;
  private final boolean measures;
  private final List<CheckResult> findings = new ArrayList<>();

  /**
   * @param home the installation's directory
   * @param workerFile the host's worker.toml, if it is known
   * @param measures whether to measure how fast the host labels, which keeps its cores busy
   */
  public Doctor(Path home, Optional<Path> workerFile, Map<String, String> env, boolean measures) {
    this.home = home;
    this.workerFile = workerFile;
    this.env = env;
    this.measures = measures;
  }

  /** The results of all checks, in order. */
  public List<CheckResult> examine() throws InterruptedException {
    Optional<WorkerConfig> given = worker();
    Optional<WorkerConfig> worker = given.map(this::remembered);
    worker.ifPresent(
        config -> {
          findings.addAll(
              new MachineCheck(HostResources.ofKernel(), labelling(config), config).examine());
          findings.addAll(processors(config));
        });
    Pc2 pc2 = worker.map(config -> config.core().pc2()).orElse(Pc2.AUTO);
    findings.addAll(new CoreCheck(core(worker), sizes(worker), pc2).examine());
    worker.ifPresent(this::gpus);
    worker.ifPresent(config -> findings.addAll(new DiskCheck(config, env).examine()));
    if (measures && given.isPresent()) {
      speed(given.get());
    }
    services(worker);
    return List.copyOf(findings);
  }

  /** With what was once measured of this host, as its worker uses it. */
  private WorkerConfig remembered(WorkerConfig config) {
    LabelSpeeds.Meter none =
        (cpus, sectors) -> {
          throw new IOException("it has not been measured");
        };
    return LabelSpeeds.of(config, env, ROOT, none).decideIfPossible(config);
  }

  private static LabellingCapacity labelling(WorkerConfig config) {
    return LabellingCapacity.of(
        config.labelling(), config.processors().getOrDefault(Step.Resource.PC1, List.of()), ROOT);
  }

  private void speed(WorkerConfig config) throws InterruptedException {
    HostCore core;
    try {
      core = HostCore.find(Optional.of(config), env);
    } catch (CoreNotFoundException e) {
      // The check of the core has reported it.
      return;
    }
    SpeedCheck.Measured measured =
        new SpeedCheck.Measured() {
          @Override
          public double nanos(List<Integer> cpus, int sectors)
              throws CoreException, StageDiedException, IOException, InterruptedException {
            return core.labelMeter().nanos(cpus, sectors);
          }

          @Override
          public double written() throws IOException {
            return new WrittenSpeed(WRITTEN)
                .of(config.threads().stream().map(WorkerConfig.SealingThread::location).toList());
          }
        };
    LabelSpeeds speeds = LabelSpeeds.of(config, env, ROOT, measured);
    speeds.doubt();
    WorkerConfig decided = speeds.decideIfPossible(config);
    findings.addAll(new SpeedCheck(labelling(decided), decided, speeds, measured).examine());
  }

  private static List<CheckResult> processors(WorkerConfig config) {
    return new ProcessorFaults(Path.of("/"))
        .of(config).stream()
            .map(
                fault ->
                    fault.stops()
                        ? CheckResult.problem(
                            fault.entry(),
                            fault.text() + "; its stage cannot run: change the entry")
                        : CheckResult.warning(fault.entry(), fault.text()))
            .toList();
  }

  private static Sizes sizes(Optional<WorkerConfig> worker) {
    return worker.map(Sizes::of).orElseGet(() -> new Sizes(EnumSet.allOf(SectorSize.class), false));
  }

  private Optional<WorkerConfig> worker() {
    if (workerFile.isEmpty()) {
      findings.add(
          CheckResult.warning(
              "worker.toml",
              "not given, so scratch, stores and memory were not checked; name this host's file"
                  + " with -c"));
      return Optional.empty();
    }
    try {
      WorkerConfig config = WorkerConfig.load(workerFile.get());
      findings.add(
          CheckResult.ok("worker.toml", "%s, host %s".formatted(config.file(), config.name())));
      config
          .warnings()
          .forEach(warning -> findings.add(CheckResult.warning("worker.toml", warning)));
      return Optional.of(config);
    } catch (ConfigException e) {
      findings.add(CheckResult.problem("worker.toml", e.getMessage()));
      return Optional.empty();
    }
  }

  private CoreCheck.Core core(Optional<WorkerConfig> worker) {
    return new CoreCheck.Core() {
      private HostCore found;

      private HostCore host() {
        if (found == null) {
          found = HostCore.find(worker, env);
        }
        return found;
      }

      @Override
      public ChosenCore chosen() {
        return host().chosen();
      }

      @Override
      public JsonNode describe() throws CoreException {
        return chosen().library().describe();
      }

      @Override
      public ParameterReport parameters(SectorSize size)
          throws CoreException, StageDiedException, IOException, InterruptedException {
        return host().checkParameters(size, false);
      }
    };
  }

  /** Faults of the core itself are reported by its own check. */
  private void gpus(WorkerConfig config) {
    try {
      ChosenCore chosen = HostCore.find(Optional.of(config), env).chosen();
      if (chosen.files().flavour().onGpu()) {
        findings.addAll(
            new GpuCheck(config, chosen.gpus(), GpuState.of(config, chosen.gpus())).examine());
      }
    } catch (CoreNotFoundException e) {
      return;
    }
  }

  private void services(Optional<WorkerConfig> worker) {
    Installation installation;
    try {
      installation = Installation.load(home, env);
    } catch (ConfigException e) {
      findings.add(CheckResult.problem("reseal.toml", e.getMessage()));
      return;
    }
    findings.add(
        CheckResult.ok("reseal.toml", installation.home().resolve("reseal.toml").toString()));
    ServicesCheck check = new ServicesCheck(Instant::now);
    try (TemporalConnection connection =
        TemporalConnection.open(installation.temporal(), "reseal doctor", new NoopScope(), env)) {
      check.temporal(temporal(connection));
      check.encryption("Temporal", connection.plaintextWarning());
    }
    check.encryption("MariaDB", CatalogSettings.of(installation).plaintextWarning());
    try (CatalogProbe probe = CatalogProbe.connect(CatalogSettings.of(installation))) {
      check.catalog(
          catalog(probe),
          worker.map(WorkerConfig::name),
          worker.map(DiskCheck::workerRuns).orElse(false));
    } catch (CatalogException e) {
      findings.add(CheckResult.problem("MariaDB", e.getMessage()));
    }
    findings.addAll(check.findings());
  }

  private static ServicesCheck.Catalog catalog(CatalogProbe probe) {
    return new ServicesCheck.Catalog() {
      @Override
      public CatalogProbe.Look look() {
        return probe.look();
      }

      @Override
      public List<ThreadRow> threads(String host) {
        return probe.threads(host);
      }

      @Override
      public Optional<String> identity() {
        return probe.identity();
      }
    };
  }

  private static ServicesCheck.Temporal temporal(TemporalConnection connection) {
    TemporalProbe probe = new TemporalProbe(connection);
    return new ServicesCheck.Temporal() {
      @Override
      public String address() {
        return connection.address();
      }

      @Override
      public String serverVersion() {
        return probe.serverVersion();
      }

      @Override
      public String namespace() {
        return connection.namespace();
      }

      @Override
      public boolean hasNamespace() {
        return probe.hasNamespace();
      }

      @Override
      public List<String> missingSearchAttributes() {
        return probe.missingSearchAttributes();
      }

      @Override
      public Optional<Instant> clock() {
        return probe.clock();
      }

      @Override
      public Optional<String> catalog() {
        return new NamespaceOwner(connection.client()).catalog();
      }
    };
  }
}
