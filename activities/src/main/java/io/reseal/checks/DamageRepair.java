package io.reseal.checks;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CopyRow;
import io.reseal.catalog.RunFilter;
import io.reseal.contract.RebuildMarks;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.ScrubRepairs;
import io.reseal.contract.Timings;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts rebuilds of sectors whose copies are damaged, a few at a time. */
public final class DamageRepair {

  /** Who these rebuilds are requested by. */
  static final String BY = "scrub";

  /** How many of them run at a time in the installation. */
  static final int AT_A_TIME = 2;

  /** The same damage is not the reason for another rebuild sooner. */
  private static final Duration AGAIN = Duration.ofDays(1);

  private static final Logger LOG = LoggerFactory.getLogger(DamageRepair.class);

  private final Catalog catalog;
  private final WorkflowClient client;
  private final Timings timings;
  private final String host;

  /**
   * @param timings those of the installation's rebuilds
   * @param host the host that is to do it, or null for any: only the host that has the stores can
   *     make what is missing from what is left
   */
  public DamageRepair(Catalog catalog, WorkflowClient client, Timings timings, String host) {
    this.catalog = catalog;
    this.client = client;
    this.timings = timings;
    this.host = host;
  }

  /** Starts as many as may run for damage in a store. */
  ScrubRepairs start(String storeId, long now) {
    int running =
        (int)
            catalog.runs().unfinished(new RunFilter(null, null, null, null, null)).stream()
                .filter(run -> BY.equals(run.requestedBy()))
                .count();
    int started = 0;
    int waiting = 0;
    Set<SectorId> considered = new HashSet<>();
    for (CopyRow damaged : catalog.copies().damagedIn(storeId)) {
      Optional<SectorRecord> sector =
          needsRebuild(damaged, now) && considered.add(damaged.sector())
              ? catalog.sectors().find(damaged.sector())
              : Optional.empty();
      if (sector.isPresent() && running + started >= AT_A_TIME) {
        waiting++;
      } else if (sector.isPresent() && start(sector.get(), now)) {
        started++;
      }
    }
    return new ScrubRepairs(started, waiting);
  }

  private boolean needsRebuild(CopyRow damaged, long now) {
    if (damaged.repairAt() != null && now - damaged.repairAt() < AGAIN.toMillis()) {
      return false;
    }
    List<CopyRow> copies = catalog.copies().of(damaged.sector());
    return copies.stream()
            .noneMatch(copy -> copy.replica().equals(damaged.replica()) && copy.damage() == null)
        && catalog.runs().latest(damaged.sector()).filter(run -> run.endedAt() == null).isEmpty();
  }

  private boolean start(SectorRecord sector, long now) {
    RebuildWorkflow workflow =
        client.newWorkflowStub(
            RebuildWorkflow.class, RebuildMarks.startOptions(sector.id(), sector.proof(), null));
    // Noted first: a worker that dies in between starts it a day later, not again and again.
    catalog.copies().repairStarted(sector.id(), now);
    try {
      WorkflowClient.start(
          workflow::rebuild,
          new RebuildRequest(sector.id(), timings, BY, false, false, host, null, false));
      LOG.info(
          "The rebuild of sector {} was started, because a copy of it is damaged", sector.id());
      return true;
    } catch (WorkflowExecutionAlreadyStarted e) {
      return false;
    }
  }
}
