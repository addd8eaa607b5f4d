package io.reseal.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.ChainSettings;
import io.reseal.config.Installation;
import io.reseal.config.MinerSettings;
import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which rebuilds are followed on the chain. */
class FollowersTest {

  private static final SectorId SECTOR = new SectorId(1001, 2);

  private final TestWorkflowEnvironment environment =
      TestWorkflowEnvironment.newInstance(options());

  private static TestEnvironmentOptions options() {
    TestEnvironmentOptions.Builder options = TestEnvironmentOptions.newBuilder();
    Names.SEARCH_ATTRIBUTES.forEach(
        key -> options.registerSearchAttribute(key.getName(), key.getValueType()));
    return options.build();
  }

  @AfterEach
  void close() {
    environment.close();
  }

  private static RunRecord ended(RebuildState state, boolean onlyUnsealed) {
    return new RunRecord(
        "run",
        "workflow",
        SECTOR,
        state,
        "host-a",
        0,
        1,
        2,
        2L,
        1,
        null,
        null,
        null,
        null,
        "ann",
        null,
        onlyUnsealed);
  }

  private boolean isFollowedAfter(RunRecord run) {
    Map<Long, MinerSettings> miners =
        Map.of(1001L, new MinerSettings(MinerSettings.Kind.CURIO, null));
    new Followers(
            new Installation(null, null, null, null, ChainSettings.mainnet(), miners),
            environment.getWorkflowClient())
        .ended(run);
    try {
      environment
          .getWorkflowClient()
          .newUntypedWorkflowStub(Names.followWorkflowId(SECTOR))
          .describe();
      return true;
    } catch (WorkflowNotFoundException e) {
      return false;
    }
  }

  // Fails if a rebuild is followed that put back nothing that is proven.
  @Test
  void onlyWhatProvesTheSectorIsFollowed() {
    assertThat(isFollowedAfter(ended(RebuildState.FINISHED, true))).isFalse();
    assertThat(isFollowedAfter(ended(RebuildState.ABORTED, false))).isFalse();
    assertThat(isFollowedAfter(ended(RebuildState.FINISHED, false))).isTrue();
  }
}
