package io.reseal.control;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.LossScanRow;
import io.reseal.catalog.ScannedStore;
import io.reseal.catalog.StoreRow;
import io.reseal.chain.LotusNodes;
import io.reseal.chain.MinerSurvey;
import io.reseal.config.ChainSettings;
import io.reseal.contract.LossScan;
import io.reseal.contract.LossScanActivities;
import io.reseal.contract.LossScanChain;
import io.reseal.losses.MinerOnChain;
import io.reseal.problem.ProblemException;
import io.reseal.problem.RefusedException;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a miner's sectors from the chain into the catalog; another attempt goes on at the same
 * tipset.
 */
public final class LossScanActivitiesImpl implements LossScanActivities {

  private final Catalog catalog;
  private final ChainSettings chain;

  public LossScanActivitiesImpl(Catalog catalog, ChainSettings chain) {
    this.catalog = catalog;
    this.chain = chain;
  }

  @Override
  public LossScanChain survey(LossScan scan) {
    try {
      return read(scan);
    } catch (ProblemException e) {
      // Only nodes that cannot be reached may answer a little later.
      throw e.category() == ProblemException.Category.UNREACHABLE
          ? ApplicationFailure.newFailure(e.getMessage(), e.category().name())
          : ApplicationFailure.newNonRetryableFailure(e.getMessage(), e.category().name());
    }
  }

  private LossScanChain read(LossScan scan) {
    LotusNodes nodes = new LotusNodes(chain);
    Optional<LossScanRow> begun = catalog.losses().find(scan.miner(), scan.startedAt());
    MinerSurvey survey =
        begun
            .map(row -> MinerSurvey.at(nodes, scan.miner(), pin(row)))
            .orElseGet(() -> MinerSurvey.atHead(nodes, scan.miner()));
    MinerOnChain miner = begun.map(LossScanRow::onChain).orElseGet(() -> begin(scan, survey));
    Set<Integer> done = catalog.losses().deadlines(scan.miner(), scan.startedAt());
    for (int deadline = 0; deadline < miner.clock().rules().deadlines(); deadline++) {
      if (!done.contains(deadline)) {
        Activity.getExecutionContext().heartbeat(deadline);
        catalog
            .losses()
            .putDeadline(scan.miner(), scan.startedAt(), deadline, survey.deadline(deadline));
      }
    }
    remark(scan, survey.remarks());
    return counts(scan, miner.clock().now());
  }

  private static MinerSurvey.Pin pin(LossScanRow row) {
    return new MinerSurvey.Pin(row.onChain().clock().now(), row.blocks());
  }

  private MinerOnChain begin(LossScan scan, MinerSurvey survey) {
    long askedAt = System.currentTimeMillis();
    MinerOnChain miner = survey.miner();
    catalog
        .losses()
        .latest(scan.miner())
        .map(row -> row.onChain().network())
        .filter(network -> !network.equals(miner.network()))
        .ifPresent(
            network -> {
              throw new RefusedException(
                  "The nodes are of the network %s, but miner f0%d was scanned on the network %s before: ask nodes of that one."
                      .formatted(miner.network(), scan.miner(), network));
            });
    catalog
        .losses()
        .begin(
            new LossScanRow(
                scan.miner(), scan.startedAt(), survey.pin().blocks(), askedAt, miner, null, null));
    return miner;
  }

  /** Each call may have its own; the first one says enough. */
  private void remark(LossScan scan, List<String> remarks) {
    if (!remarks.isEmpty()) {
      String more =
          remarks.size() == 1 ? "" : " (And %d more like it.)".formatted(remarks.size() - 1);
      catalog.losses().remark(scan.miner(), scan.startedAt(), remarks.get(0) + more);
    }
  }

  private LossScanChain counts(LossScan scan, long epoch) {
    long[] live = new long[1];
    long[] faulty = new long[1];
    catalog
        .losses()
        .eachSector(
            scan.miner(),
            scan.startedAt(),
            sector -> {
              live[0] += sector.state().isLive() ? 1 : 0;
              faulty[0] += sector.state().isFaulty() ? 1 : 0;
            });
    return new LossScanChain(
        epoch,
        live[0],
        faulty[0],
        catalog.stores().all().stream().map(StoreRow::host).distinct().toList());
  }

  @Override
  public void end(LossScan scan, List<String> away) {
    Set<String> silent = Set.copyOf(away);
    catalog
        .losses()
        .looked(
            scan.miner(),
            scan.startedAt(),
            catalog.stores().all().stream()
                .filter(store -> silent.contains(store.host()))
                .map(LossScanActivitiesImpl::unseen)
                .toList());
    catalog.losses().end(scan.miner(), scan.startedAt(), System.currentTimeMillis());
  }

  private static ScannedStore unseen(StoreRow store) {
    return new ScannedStore(
        store.host(),
        store.name(),
        store.identity() == null ? store.host() + ":" + store.name() : store.identity(),
        System.currentTimeMillis(),
        "the worker of its host did not answer, or could not finish: see `reseal worker list`");
  }
}
