package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.HostCommandRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
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

/** Sealing threads and hosts do what their operator says, on real parts. */
@ExtendWith(FleetExtension.class)
@Timeout(180)
class ThreadsIT {

  private final Fleet fleet;

  ThreadsIT(Fleet fleet) {
    this.fleet = fleet;
  }

  @AfterEach
  void letEveryThreadTakeWork() throws IOException {
    fleet.makeWhole();
    for (String host : Fleet.HOSTS) {
      Files.deleteIfExists(hotFile(host));
      if (thread(host).paused()) {
        var unused = fleet.reseal("util", "worker", "resume", host, "0");
      }
      Await.until(
          host + " takes work",
          () -> !thread(host).paused() && thread(host).plan().equals("rebuild"));
    }
  }

  // Seen to fail: with pauses that live in memory only.
  @Test
  void pausedThreadTakesNothingAlsoAfterARestartAndGoesOnWhenResumed() throws Exception {
    Fleet.Answer paused =
        fleet.reseal("worker", "-c", fleet.workerFile().toString(), "pause", "-i", "0");
    assertThat(paused.out())
        .isEqualToIgnoringNewLines("host-a#0 is paused: it takes nothing until it is resumed.");
    assertThat(fleet.reseal("util", "worker", "pause", Fleet.HOST_B, "0").status()).isZero();
    assertThat(fleet.reseal("util", "worker", "pause", Fleet.HOST_A, "0"))
        .satisfies(
            again -> {
              assertThat(again.status()).isEqualTo(4);
              assertThat(again.err()).startsWith("host-a#0 is paused already, by ");
            });
    LostSector sector = fleet.lose(SealProof.KIB_2_V1_1);
    fleet.ask(sector);
    fleet.worker(Fleet.HOST_A).terminate(Await.LIMIT);
    fleet.startWorker(Fleet.HOST_A);
    assertThat(thread(Fleet.HOST_A))
        .satisfies(
            row -> {
              assertThat(row.paused()).isTrue();
              assertThat(row.pausedSince()).isNotNull();
              assertThat(row.sector()).isNull();
            });
    assertThat(fleet.status(sector).run().state()).isEqualTo(RebuildState.EMPTY);
    Fleet.Answer resumed = fleet.reseal("util", "worker", "resume", Fleet.HOST_A, "0");
    assertThat(resumed.out()).isEqualToIgnoringNewLines("host-a#0 is resumed.");
    RunRecord run = fleet.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(Fleet.HOST_A);
    assertThat(fleet.catalog().hostCommands().ofHost(Fleet.HOST_A))
        .extracting(HostCommandRow::kind)
        .startsWith("resume", "pause", "pause");
  }

  // Seen to fail: with a pause that only marks the thread.
  @Test
  void pauseNowEndsTheStageAndTheFinishedLayersStay() throws Exception {
    LostSector sector = fleet.bigOne();
    fleet.ask(sector);
    Fleet.Frozen frozen = fleet.freezeInSecondLayer(sector);
    Fleet.Answer paused = fleet.reseal("util", "worker", "pause", frozen.host(), "0", "--now");
    assertThat(paused.out()).contains("the running step of " + sector.id() + " is stopped");
    Await.until("the stage has ended", () -> !frozen.stage().isAlive());
    RunRecord standing =
        Await.value(
            "the rebuild waits for its thread",
            () -> fleet.run(sector).filter(run -> run.paused() != null));
    assertThat(standing.paused()).contains("was paused by").contains(frozen.host() + "#0");
    assertThat(standing.attention()).isNull();
    assertThat(thread(frozen.host()).sector()).isEqualTo(sector.id());
    Fleet.Answer resumed = fleet.reseal("util", "worker", "resume", frozen.host(), "0");
    assertThat(resumed.out()).contains("the rebuild of " + sector.id() + " goes on");
    RunRecord run = fleet.awaitState(sector, RebuildState.PC1_DONE);
    assertThat(run.host()).isEqualTo(frozen.host());
    assertThat(run.paused()).isNull();
    assertThat(notes(sector, "PC1")).containsExactly("2 layers, 1 of them kept from before");
  }

  // Seen to fail: with a failure that says nothing of what the attempt has finished.
  @Test
  void attemptThatFinishedALayerUsesUpNoneOfTheStepsAttempts() throws Exception {
    LostSector sector = fleet.bigOne();
    fleet.ask(sector);
    fleet.freezeInSecondLayer(sector).end();
    var unused = fleet.awaitState(sector, RebuildState.PC1_DONE);
    assertThat(notes(sector, "went on")).singleElement().asString().contains("Host.StageDied");
    assertThat(notes(sector, "PC1")).containsExactly("2 layers, 1 of them kept from before");
  }

  private List<String> notes(LostSector sector, String step) {
    return fleet.changes(sector).stream()
        .filter(change -> change.step().equals(step))
        .map(StateChange::note)
        .toList();
  }

  // Seen to fail: with hot files that are read at the start only.
  @Test
  void hotFileGivesAThreadAnotherPlanAndItsRemovalTheFirstOne() throws Exception {
    for (String host : Fleet.HOSTS) {
      Files.writeString(hotFile(host), "plan = \"sealer\"\n");
    }
    for (String host : Fleet.HOSTS) {
      Await.until(host + " seals", () -> thread(host).plan().equals("sealer"));
    }
    LostSector sector = fleet.lose(SealProof.KIB_2_V1_1);
    fleet.ask(sector);
    Files.writeString(hotFile(Fleet.HOST_A), "plan = \"rebuild\"\nlocation = \"/elsewhere\"\n");
    Await.until(
        "the fault shows",
        () ->
            thread(Fleet.HOST_A).lastErr() != null
                && thread(Fleet.HOST_A)
                    .lastErr()
                    .contains("`location` in " + hotFile(Fleet.HOST_A) + " line 2"));
    assertThat(fleet.status(sector).run().state()).isEqualTo(RebuildState.EMPTY);
    Files.delete(hotFile(Fleet.HOST_A));
    RunRecord run = fleet.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(Fleet.HOST_A);
    assertThat(thread(Fleet.HOST_A).lastErr()).isNull();
  }

  // Seen to fail: with a worker that does not look whether it is drained.
  @Test
  void drainedHostFinishesWhatItHasAndItsWorkerEnds() throws Exception {
    LostSector first = fleet.lose(SealProof.KIB_2_V1_1);
    List<LockedFile> locks = fleet.holdUp(first);
    fleet.ask(first);
    String host = fleet.awaitHeldUp(first).host();
    Fleet.Answer answer = fleet.reseal("util", "worker", "drain", host);
    assertThat(answer.out())
        .isEqualToIgnoringNewLines(
            "Nothing new is taken; the worker ends when the rebuild it holds is done.");
    Await.until(
        "the list shows it",
        () ->
            fleet.catalog().hosts().all().stream()
                .anyMatch(row -> row.name().equals(host) && row.draining()));
    LostSector second = fleet.lose(SealProof.KIB_2_V1_1);
    fleet.ask(second);
    assertThat(fleet.awaitState(second, RebuildState.FINISHED).host())
        .isEqualTo(Fleet.otherHost(host));
    assertThat(fleet.worker(host).isAlive()).isTrue();
    locks.forEach(LockedFile::close);
    assertThat(fleet.awaitState(first, RebuildState.FINISHED).host()).isEqualTo(host);
    Await.until("the worker ends by itself", () -> !fleet.worker(host).isAlive());
  }

  @Test
  void commandsThatMakeNoSenseAreRefusedWithAReason() {
    refused("there is nothing to resume", "util", "worker", "resume", Fleet.HOST_A, "0");
    refused(
        "has no sealing thread 7; it has #0 alone", "util", "worker", "pause", Fleet.HOST_A, "7");
    refused("there are: host-a, host-b", "util", "worker", "pause", "host-x", "0");
    refused(
        "there is nothing to set back",
        "util",
        "worker",
        "resume",
        Fleet.HOST_A,
        "0",
        "--state",
        "TreeDBuilt");
  }

  @Test
  void silentHostIsToldApartFromARefusal() {
    fleet.worker(Fleet.HOST_B).kill();
    Fleet.Answer answer = fleet.reseal("util", "worker", "pause", Fleet.HOST_B, "0");
    assertThat(answer.err())
        .isEqualToIgnoringNewLines("host-b does not answer: is its worker running?");
    assertThat(answer.status()).isEqualTo(3);
  }

  private void refused(String reason, String... arguments) {
    Fleet.Answer answer = fleet.reseal(arguments);
    assertThat(answer.err()).contains(reason);
    assertThat(answer.status()).isEqualTo(4);
  }

  private ThreadRow thread(String host) {
    return fleet.threads(host).get(0);
  }

  private Path hotFile(String host) {
    return fleet.scratch(host).resolve("config.toml");
  }
}
