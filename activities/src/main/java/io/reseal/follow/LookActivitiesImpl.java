package io.reseal.follow;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.FollowedRow;
import io.reseal.chain.LotusNodes;
import io.reseal.chain.MinerSurvey;
import io.reseal.chain.NodesException;
import io.reseal.config.Installation;
import io.reseal.config.MinerSettings;
import io.reseal.contract.FollowRequest;
import io.reseal.contract.LookActivities;
import io.reseal.contract.OnChain;
import io.reseal.losses.SectorOnChain;
import io.reseal.problem.RefusedException;
import java.util.Map;
import java.util.Optional;

/** Looks at the chain for sectors that were put back, and keeps what it sees in the catalog. */
public final class LookActivitiesImpl implements LookActivities {

  private final Optional<LotusNodes> nodes;
  private final Map<Long, MinerSettings> miners;
  private final Catalog catalog;

  public LookActivitiesImpl(Installation installation, Catalog catalog) {
    this(LotusNodes.of(installation.chain()), installation.miners(), catalog);
  }

  LookActivitiesImpl(Optional<LotusNodes> nodes, Map<Long, MinerSettings> miners, Catalog catalog) {
    this.nodes = nodes;
    this.miners = miners;
    this.catalog = catalog;
  }

  @Override
  public OnChain look(FollowRequest request) {
    if (nodes.isEmpty()) {
      return null;
    }
    long miner = request.sector().miner();
    MinerSurvey survey = MinerSurvey.atHead(nodes.get(), miner);
    long at = System.currentTimeMillis();
    OnChain now = now(request, survey, at);
    catalog
        .followed()
        .seen(FollowedRow.of(request.sector(), now, request.reached().software(), at));
    return now;
  }

  private OnChain now(FollowRequest request, MinerSurvey survey, long at) {
    OnChain before = request.reached().onChain();
    SectorOnChain seen;
    try {
      seen = survey.sector(request.sector());
    } catch (NodesException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      return ChainCourse.unseen(before, e.getMessage(), survey.clock(), at);
    } catch (RefusedException e) {
      return ChainCourse.unseen(before, e.getMessage(), survey.clock(), at);
    }
    if (seen.disputed() != null) {
      throw new RefusedException(
          "Nodes differ about sector %s: %s.".formatted(request.sector(), seen.disputed()));
    }
    return new ChainCourse(
            request.sector(),
            Optional.ofNullable(miners.get(request.sector().miner())).map(MinerSettings::kind),
            before,
            seen,
            survey.clock(),
            at)
        .now();
  }
}
