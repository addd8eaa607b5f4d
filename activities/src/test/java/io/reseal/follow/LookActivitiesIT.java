package io.reseal.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.FollowedRow;
import io.reseal.chain.FakeNode;
import io.reseal.chain.NodesException;
import io.reseal.chain.StageNode;
import io.reseal.contract.FollowRequest;
import io.reseal.contract.OnChain;
import io.reseal.contract.OnChain.Status;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A recorded loss, looked at stage by stage, in a real MariaDB. */
class LookActivitiesIT {

  private static final SectorId SECTOR = new SectorId(StageNode.MINER, 2);

  private Catalog catalog;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private OnChain look(OnChain before, FakeNode... nodes) {
    return new LookActivitiesImpl(Optional.of(FakeNode.nodes(nodes)), Map.of(), catalog)
        .look(
            new FollowRequest(
                SECTOR, "run", "host-a", null, new FollowRequest.Reached(null, before)));
  }

  private OnChain lookAt(String stage, OnChain before) {
    try (FakeNode node = StageNode.at(stage)) {
      return look(before, node);
    }
  }

  /** Fails if a stage of the loss is taken for another one, or is not kept. */
  @Test
  void theChainsViewOfALossIsFollowedToItsEnd() {
    OnChain faulty = lookAt("faulty-3", null);
    OnChain recovering = lookAt("recovering-3", faulty);
    OnChain proven = lookAt("proven-3", recovering);

    assertThat(proven.status()).isEqualTo(Status.PROVEN);
    FollowedRow kept = catalog.followed().of(SECTOR).orElseThrow();
    assertThat(kept.course())
        .isEqualTo("faulty (epoch 3220) → recovering (epoch 5957) → proven (epoch 6100)");
    assertThat(kept.text()).contains("deadline 3");
  }

  /** Catches one node's word about a fault against another's. */
  @Test
  void nodesThatDifferAreNotBelieved() {
    try (FakeNode one = StageNode.at("faulty-3");
        FakeNode other =
            StageNode.changing(
                "faulty-3",
                (call, answer) -> {
                  if (call.method().equals("StateMinerPartitions")) {
                    ((ObjectNode) answer.path(0)).putArray("RecoveringSectors").add(2).add(1);
                  }
                  return answer;
                })) {
      assertThatThrownBy(() -> look(null, one, other))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("faulty in partition 0")
          .hasMessageContaining("recovering in partition 0");
      assertThat(catalog.followed().all()).isEmpty();
    }
  }

  /** Fails if a sector that no node knows is an error that is tried again without end. */
  @Test
  void aSectorThatNoNodeShows() {
    try (FakeNode node =
        StageNode.changing(
            "faulty-3",
            (call, answer) -> {
              if (call.method().equals("StateSectorPartition")) {
                throw new FakeNode.Refusal("sector not found");
              }
              return answer;
            })) {
      assertThat(look(null, node).status()).isEqualTo(Status.UNSEEN);
      assertThat(catalog.followed().of(SECTOR).orElseThrow().text()).contains("sector not found");
    }
  }

  /** Fails if a node that is away is taken for one that does not know the sector. */
  @Test
  void aNodeThatIsAwaySaysNothingOfTheSector() {
    FakeNode node = StageNode.at("faulty-3");
    LookActivitiesImpl looks =
        new LookActivitiesImpl(Optional.of(FakeNode.nodes(node)), Map.of(), catalog);
    node.close();
    assertThatThrownBy(
            () ->
                looks.look(
                    new FollowRequest(
                        SECTOR, "run", "host-a", null, new FollowRequest.Reached(null, null))))
        .isInstanceOf(NodesException.class);
    assertThat(catalog.followed().all()).isEmpty();
  }

  /** Fails if a node that goes away between two calls is taken for one without the sector. */
  @Test
  void aNodeThatGoesAwayMeanwhileSaysNothingOfTheSector() {
    try (FakeNode node =
        StageNode.changing(
            "faulty-3",
            (call, answer) -> {
              if (call.method().equals("StateSectorPartition")) {
                throw new IllegalStateException("the connection ends without an answer");
              }
              return answer;
            })) {
      assertThatThrownBy(() -> look(null, node)).isInstanceOf(NodesException.class);
      assertThat(catalog.followed().all()).isEmpty();
    }
  }
}
