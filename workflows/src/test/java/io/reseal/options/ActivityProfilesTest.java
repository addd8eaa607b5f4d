package io.reseal.options;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.RebuildRequest;
import io.reseal.contract.Timings;
import io.reseal.sector.SectorId;
import io.temporal.common.Priority;
import org.junit.jupiter.api.Test;

/** Which rebuild gets a thread that becomes free. */
class ActivityProfilesTest {

  private static final SectorId SECTOR = new SectorId(1001, 7);

  private static Priority of(RebuildRequest request) {
    return new ActivityProfiles(request).hold(null, "hold").getPriority();
  }

  private static RebuildRequest request(boolean urgent) {
    return new RebuildRequest(
        SECTOR, Timings.standard(), "anne", false, false, null, "disk-7", urgent);
  }

  // Fails if the order of a batch does not reach the queue, or urgent rebuilds wait with others.
  @Test
  void aHoldWaitsWithTheRebuildsPriority() {
    assertThat(of(request(false)).getPriorityKey()).isEqualTo(3);
    assertThat(of(request(true)).getPriorityKey()).isEqualTo(1);
    assertThat(of(request(false).withPriority(4)).getPriorityKey()).isEqualTo(4);
  }

  // Fails if a miner with many lost sectors keeps all others from their threads.
  @Test
  void threadsAreSharedFairlyBetweenMiners() {
    assertThat(of(request(false)).getFairnessKey()).isEqualTo("f01001");
  }
}
