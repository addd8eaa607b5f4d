package io.reseal.worker;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.ClockSkew;
import io.reseal.catalog.CoreReport;
import io.reseal.catalog.HostRow;
import io.reseal.catalog.StoreRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.config.ProgramVersion;
import io.reseal.config.WorkerConfig;
import io.reseal.core.ChosenCore;
import io.reseal.core.HostGpus;
import io.reseal.labelling.GroupMember;
import io.reseal.labelling.Labelling;
import io.reseal.sector.RebuildState;
import io.reseal.threads.SealingThread;
import io.reseal.threads.ThreadMark;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports this host's sealing threads to the catalog: after each change, and periodically. */
final class HostReport {

  private static final Logger LOG = LoggerFactory.getLogger(HostReport.class);

  private static final long PERIOD_SECONDS = 5;

  private final String name;
  private final List<WorkerConfig.OtherThread> others;
  private final ChosenCore core;
  private final SealingHost host;
  private final Catalog catalog;
  private final ScheduledExecutorService scheduler;
  private final AtomicBoolean due = new AtomicBoolean();
  private final ClockWatch clock = new ClockWatch(System::nanoTime);
  private final String machine = MachineAddresses.get();

  /**
   * @param config whose host reports
   */
  HostReport(WorkerConfig config, ChosenCore core, SealingHost host, HostServices services) {
    this.name = config.name();
    this.others = config.others();
    this.core = core;
    this.host = host;
    this.catalog = services.catalog();
    this.scheduler = services.errands();
  }

  /** Starts the periodic reports. */
  void start() {
    var unused = scheduler.scheduleAtFixedRate(this::send, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  /** Reports soon; several changes at once make one report. */
  void changed() {
    if (due.compareAndSet(false, true)) {
      try {
        scheduler.execute(this::send);
      } catch (RejectedExecutionException e) {
        LOG.debug("Nothing is reported, because the worker is stopping");
      }
    }
  }

  private synchronized void send() {
    due.set(false);
    try {
      Instant now = Instant.now();
      Instant there =
          catalog
              .hosts()
              .report(
                  new HostRow(
                      name,
                      machine,
                      ProgramVersion.text(),
                      core(),
                      host.threads().isDraining(),
                      clock.skew(),
                      now));
      clock.compared(ClockSkew.measured(now, there, Instant.now()));
      catalog.threads().report(name, rows(now));
      catalog.stores().report(stores(now));
    } catch (CatalogException e) {
      LOG.warn("The sealing threads could not be reported to the catalog", e);
    }
  }

  private List<StoreRow> stores(Instant now) {
    return host.stores().statuses().stream()
        .map(
            store ->
                new StoreRow(
                    name,
                    store.name(),
                    store.location(),
                    null,
                    false,
                    store.readonly(),
                    store.fault(),
                    store.freeBytes(),
                    store.incomingBytes(),
                    now))
        .toList();
  }

  private CoreReport core() {
    HostGpus present = host.gpus().present();
    Map<String, String> others = new LinkedHashMap<>();
    core.others().forEach((flavour, why) -> others.put(flavour.toString(), why));
    return new CoreReport(
        core.files().flavour().toString(),
        others,
        present.driver().orElse(null),
        present.why().orElse(null),
        host.gpus().states());
  }

  private List<ThreadRow> rows(Instant now) {
    List<GroupMember> members = host.labelling().map(Labelling::members).orElse(List.of());
    return Stream.concat(
            host.threads().all().stream().map(thread -> row(thread, members, now)),
            others.stream().map(thread -> row(thread, now)))
        .toList();
  }

  private ThreadRow row(WorkerConfig.OtherThread thread, Instant now) {
    return new ThreadRow(
        name,
        thread.index(),
        "",
        thread.plan().toString(),
        null,
        false,
        null,
        false,
        RebuildState.EMPTY.toString(),
        null,
        null,
        null,
        now);
  }

  private ThreadRow row(SealingThread thread, List<GroupMember> members, Instant now) {
    Optional<ThreadMark> paused = thread.paused();
    return new ThreadRow(
        name,
        thread.grant().index(),
        thread.grant().location(),
        thread.config().plan().toString(),
        thread.sector(),
        paused.isPresent(),
        paused.map(mark -> Instant.ofEpochMilli(mark.at())).orElse(null),
        thread.faulted().isPresent(),
        thread.state().toString(),
        thread.lastError(),
        thread.progress(),
        members.stream()
            .filter(member -> member.sector().equals(thread.sector()))
            .map(at -> new ThreadRow.Labelling(at.cpu(), at.layer(), at.layers()))
            .findFirst()
            .orElse(null),
        now);
  }
}
