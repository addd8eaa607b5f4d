package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Commands to a rebuild are answered while what it uses hangs. A store that hangs is one whose
 * policy is a FIFO that nobody opens for writing.
 */
@ExtendWith(FleetExtension.class)
@Timeout(180)
class HangsIT {

  private final Fleet fleet;
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;
  private final Stops stops;
  private final Path policy;

  HangsIT(Fleet fleet, Lab lab, Ask ask, Runs runs, Stops stops) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
    this.stops = stops;
    this.policy = fleet.store().resolve("sectorstore.json");
  }

  @AfterEach
  void storeAnswers() throws IOException {
    if (Files.exists(policy)) {
      // Whoever has opened it meets its end.
      Files.newOutputStream(policy).close();
      Files.delete(policy);
    }
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

  // Catches: a command that waits until a store answers.
  @Test
  void pauseAndAbortAreAnsweredWhileTheOnlyStoreHangs() throws Exception {
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1);
    List<LockedFile> locks = stops.holdUp(sector);
    ask.rebuild(sector);
    runs.awaitHeldUp(sector);
    Await.until("a FIFO is the store's policy", this::hangStore);
    locks.forEach(LockedFile::close);
    awaitPersist(sector);
    assertThat(ask.sectors("pause", sector, "--now").out()).contains("is paused at SnapDone");
    assertThat(ask.sectors("resume", sector).status()).isZero();
    assertThat(ask.sectors("abort", sector).out()).contains("is dropped");
    assertThat(runs.status(sector).run().state()).isEqualTo(RebuildState.ABORTED);
    assertThat(fleet.heldSectors()).doesNotContain(sector.id());
  }

  private boolean hangStore() {
    try {
      return new ProcessBuilder("mkfifo", policy.toString()).start().waitFor() == 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void awaitPersist(LostSector sector) {
    Await.until("it is stored", () -> runs.status(sector).running() == Step.PERSIST);
  }
}
