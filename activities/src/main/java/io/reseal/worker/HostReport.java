package io.reseal.worker;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.CoreReport;
import io.reseal.catalog.HostRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.core.ChosenCore;
import io.reseal.core.HostGpus;
import io.reseal.gpu.AllowedGpus;
import io.reseal.labelling.GroupMember;
import io.reseal.labelling.Labelling;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the catalog what this host's sealing threads do: at each change, and now and then. */
final class HostReport {

  private static final Logger LOG = LoggerFactory.getLogger(HostReport.class);

  private static final long PERIOD_SECONDS = 5;

  private static final String VERSION =
      Optional.ofNullable(HostReport.class.getPackage().getImplementationVersion())
          .orElse("(not packaged)");

  private final String host;
  private final ChosenCore core;
  private final AllowedGpus gpus;
  private final Catalog catalog;
  private final ScheduledExecutorService scheduler;
  private final AtomicBoolean due = new AtomicBoolean();
  private final String machine = MachineAddresses.get();
  private volatile Optional<Labelling> labelling = Optional.empty();
  private volatile SealingThreads threads;

  HostReport(
      String host,
      ChosenCore core,
      AllowedGpus gpus,
      Catalog catalog,
      ScheduledExecutorService scheduler) {
    this.host = host;
    this.core = core;
    this.gpus = gpus;
    this.catalog = catalog;
    this.scheduler = scheduler;
  }

  void begin(SealingThreads all, Optional<Labelling> groups) {
    labelling = groups;
    threads = all;
    var unused = scheduler.scheduleAtFixedRate(this::send, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  /** Several changes at once make one report. */
  void changed() {
    if (threads != null && due.compareAndSet(false, true)) {
      try {
        scheduler.execute(this::send);
      } catch (RejectedExecutionException e) {
        LOG.debug("The worker is stopping: nothing is reported any more");
      }
    }
  }

  private synchronized void send() {
    due.set(false);
    try {
      Instant now = Instant.now();
      catalog
          .hosts()
          .report(new HostRow(host, machine, VERSION, core(), threads.isDraining(), now));
      catalog.threads().report(host, rows(now));
    } catch (CatalogException e) {
      LOG.warn("The catalog could not be told of the sealing threads: {}", e.getMessage());
    }
  }

  private CoreReport core() {
    HostGpus present = gpus.present();
    Map<String, String> others = new LinkedHashMap<>();
    core.others().forEach((flavour, why) -> others.put(flavour.toString(), why));
    return new CoreReport(
        core.files().flavour().toString(),
        others,
        present.driver().orElse(null),
        present.why().orElse(null),
        gpus.states());
  }

  private List<ThreadRow> rows(Instant now) {
    List<GroupMember> members = labelling.map(Labelling::members).orElse(List.of());
    return threads.all().stream().map(thread -> row(thread, members, now)).toList();
  }

  private ThreadRow row(SealingThread thread, List<GroupMember> members, Instant now) {
    Optional<ThreadMark> paused = thread.paused();
    return new ThreadRow(
        host,
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
