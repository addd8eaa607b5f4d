package io.reseal.checks;

import io.reseal.catalog.Catalog;
import io.reseal.contract.FailureType;
import io.reseal.contract.ScrubActivities;
import io.reseal.contract.ScrubCopy;
import io.reseal.contract.ScrubDue;
import io.reseal.contract.ScrubFindings;
import io.reseal.contract.ScrubPortion;
import io.reseal.contract.ScrubQuestion;
import io.reseal.contract.ScrubRepairs;
import io.reseal.files.HangingException;
import io.reseal.files.OsError;
import io.reseal.steps.CheckedRoots;
import io.reseal.steps.CopyRecords;
import io.reseal.steps.Heartbeat;
import io.reseal.steps.HostParts;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** Checks the copies in this host's stores for the tours of these stores. */
public final class ScrubActivitiesImpl implements ScrubActivities {

  private final HostParts host;
  private final Catalog catalog;
  private final DamageRepair repairs;
  private final ScheduledExecutorService scheduler;
  private final Set<CheckWork> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /**
   * @param scheduler sends the heartbeats
   */
  public ScrubActivitiesImpl(
      HostParts host, Catalog catalog, DamageRepair repairs, ScheduledExecutorService scheduler) {
    this.host = host;
    this.catalog = catalog;
    this.repairs = repairs;
    this.scheduler = scheduler;
  }

  @Override
  public ScrubDue due(ScrubQuestion question) {
    long now = System.currentTimeMillis();
    try {
      ScrubbedStore store = ScrubbedStore.named(host.stores(), question.store());
      ScrubbedStore.Contents contents = store.contents(catalog, records());
      DueChoice.Choice choice =
          DueChoice.of(
              contents.copies(),
              question,
              question.startedAt() == null ? now : question.startedAt());
      return new ScrubDue(
          now, choice.next(), choice.samples(), choice.fulls(), contents.unknown(), null);
    } catch (IOException e) {
      return new ScrubDue(now, List.of(), 0, 0, 0, sentence(e));
    }
  }

  private static String sentence(IOException e) {
    return e instanceof StoreLeftException || e instanceof HangingException
        ? e.getMessage()
        : OsError.sentence(e);
  }

  private CopyRecords records() {
    return new CopyRecords(catalog.copies(), host.name(), DamageRepair.BY);
  }

  @Override
  public ScrubFindings check(ScrubPortion portion) {
    CheckWork work =
        new CheckWork(host.program(), host.watchdog().files(), portion.bytesPerSecond());
    running.add(work);
    AtomicInteger visited = new AtomicInteger();
    try (Heartbeat heartbeat =
        new Heartbeat(
            scheduler, Activity.getExecutionContext(), visited::get, work::stop, work::stop)) {
      if (stopping) {
        work.stop();
      }
      try {
        return visit(portion, work, visited);
      } catch (Exception e) {
        heartbeat.throwIfUnwanted();
        throw failure(e);
      }
    } finally {
      running.remove(work);
    }
  }

  private ScrubFindings visit(ScrubPortion portion, CheckWork work, AtomicInteger visited)
      throws Exception {
    CopyVisit visit =
        new CopyVisit(
            catalog,
            host.core(),
            host.stores(),
            portion,
            records(),
            new CheckedRoots(catalog.roots(), host.core(), host.name()),
            work);
    Map<CopyVisit.Outcome, Integer> outcomes = new EnumMap<>(CopyVisit.Outcome.class);
    for (ScrubCopy copy : portion.copies()) {
      outcomes.merge(visit.visit(copy), 1, Integer::sum);
      visited.incrementAndGet();
    }
    int damaged = outcomes.getOrDefault(CopyVisit.Outcome.DAMAGED, 0);
    return new ScrubFindings(
        outcomes.getOrDefault(CopyVisit.Outcome.RIGHT, 0) + damaged,
        damaged,
        outcomes.getOrDefault(CopyVisit.Outcome.LEFT_OUT, 0),
        outcomes.getOrDefault(CopyVisit.Outcome.FAILED, 0));
  }

  /** A store that cannot be checked ends the tour; the next one tries again. */
  private static RuntimeException failure(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (e instanceof StoreLeftException) {
      return ApplicationFailure.newNonRetryableFailure(e.getMessage(), FailureType.HOST_IO.code());
    }
    return ApplicationFailure.newFailure(
        e.getMessage() == null ? e.toString() : e.getMessage(),
        e instanceof CheckWork.StoppedException
            ? FailureType.HOST_STOPPING.code()
            : FailureType.HOST_IO.code());
  }

  @Override
  public ScrubRepairs repair(String store) {
    try {
      return repairs.start(
          records().id(ScrubbedStore.named(host.stores(), store).store()),
          System.currentTimeMillis());
    } catch (StoreLeftException e) {
      return new ScrubRepairs(0, 0);
    }
  }

  /** Stops all checks; what they have found is recorded. */
  public void stopAll() {
    stopping = true;
    running.forEach(CheckWork::stop);
  }
}
