package io.reseal.worker;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.ScratchRow;
import io.reseal.config.WorkerConfig;
import io.reseal.files.LockFile;
import io.reseal.files.Scratch;
import io.reseal.sector.SectorId;
import io.reseal.temporal.TemporalRuns;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The scratch files of a host's file, read on the host itself, whether its worker runs or not. */
public final class LocalScratch {

  private final WorkerConfig config;
  private final RebuildEvidence evidence;

  public LocalScratch(WorkerConfig config, TemporalRuns temporal, Catalog catalog) {
    this.config = config;
    this.evidence = RebuildEvidence.of(config.name(), temporal, catalog);
  }

  /** All sectors' files in all locations. */
  public List<ScratchRow> rows() throws IOException {
    ScratchSurvey survey = new ScratchSurvey(config.name(), evidence);
    List<ScratchRow> rows = new ArrayList<>();
    for (WorkerConfig.SealingThread thread : config.threads()) {
      rows.addAll(survey.rows(new Scratch(thread.location())));
    }
    return rows;
  }

  /** Whether a worker uses one of the locations: it must then remove files itself. */
  public boolean isInUse() throws IOException {
    for (WorkerConfig.SealingThread thread : config.threads()) {
      if (LocationLock.isHeld(thread.location())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Removes a sector's files, while no worker runs; refuses while a rebuild has them.
   *
   * @return the threads in whose locations they were
   */
  public List<String> remove(SectorId sector) throws IOException {
    SealingThreads threads =
        new SealingThreads(
            config,
            (held, thread) -> true,
            evidence,
            Duration.ZERO,
            InstantSource.system(),
            () -> {});
    Deque<LockFile> locks = new ArrayDeque<>();
    try {
      for (WorkerConfig.SealingThread thread : config.threads()) {
        locks.push(LocationLock.take(thread.location()));
      }
      return threads.removeScratchOnPurpose(sector).stream().map(SealingThread::toString).toList();
    } finally {
      while (!locks.isEmpty()) {
        locks.pop().close();
      }
    }
  }
}
