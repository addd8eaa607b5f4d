package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.sector.RebuildState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Commands to a rebuild are answered while its stage hangs. */
@ExtendWith(FleetExtension.class)
@Timeout(180)
class HangsIT {

  private final Fleet fleet;
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;
  private final Stops stops;

  HangsIT(Fleet fleet, Lab lab, Ask ask, Runs runs, Stops stops) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
    this.stops = stops;
  }

  // Catches: a command that waits for a stage which stands still, and leaves it behind.
  @Test
  void pauseMoveAndAbortAreAnsweredWhileTheStageStandsStill() throws Exception {
    LostSector sector = lab.bigOne();
    ask.rebuild(sector);
    Stops.Frozen frozen = stops.freezeInSecondLayer(sector);
    assertThat(ask.sectors("pause", sector, "--now").out()).contains("is paused at");
    Await.until("the stage has ended", () -> !frozen.stage().isAlive());
    String other = Fleet.otherHost(frozen.host());
    assertThat(ask.sectors("move", sector, "--host", other).status()).isZero();
    Stops.Frozen again = stops.freezeInSecondLayer(sector, other, List.of(fleet.scratch(other)));
    assertThat(ask.sectors("abort", sector).out()).contains("is dropped");
    Await.until("the stage has ended", () -> !again.stage().isAlive());
    assertThat(runs.status(sector).run().state()).isEqualTo(RebuildState.ABORTED);
    assertThat(fleet.heldSectors()).doesNotContain(sector.id());
  }
}
