package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.HostCommandRow;
import io.reseal.contract.Names;
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
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;
  private final Stops stops;

  ThreadsIT(Fleet fleet, Lab lab, Ask ask, Runs runs, Stops stops) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
    this.stops = stops;
  }

  @AfterEach
  void letEveryThreadTakeWork() throws IOException {
    fleet.makeWhole();
    for (String host : Fleet.HOSTS) {
      Files.deleteIfExists(hotFile(host));
      if (fleet.thread(host).paused()) {
        ask.reseal("util", "worker", "resume", host, "0");
      }
      Await.until(
          host + " takes work",
          () -> !fleet.thread(host).paused() && fleet.thread(host).plan().equals("rebuild"));
    }
  }

  // Seen to fail: with pauses that live in memory only.
  @Test
  void pausedThreadTakesNothingAlsoAfterARestartAndGoesOnWhenResumed() throws Exception {
    Ask.Answer paused =
        ask.reseal("worker", "-c", fleet.workerFile().toString(), "pause", "-i", "0");
    assertThat(paused.out())
        .isEqualToIgnoringNewLines("host-a#0 is paused: it takes no work until it is resumed.");
    assertThat(ask.reseal("util", "worker", "pause", Fleet.HOST_B, "0").status()).isZero();
    assertThat(ask.reseal("util", "worker", "pause", Fleet.HOST_A, "0"))
        .satisfies(
            again -> {
              assertThat(again.status()).isEqualTo(4);
              assertThat(again.err()).startsWith("host-a#0 is paused already, by ");
            });
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1);
    ask.rebuild(sector);
    fleet.worker(Fleet.HOST_A).terminate(Await.LIMIT);
    fleet.startWorker(Fleet.HOST_A);
    assertThat(fleet.thread(Fleet.HOST_A))
        .satisfies(
            row -> {
              assertThat(row.paused()).isTrue();
              assertThat(row.pausedSince()).isNotNull();
              assertThat(row.sector()).isNull();
            });
    assertThat(runs.status(sector).run().state()).isEqualTo(RebuildState.EMPTY);
    Ask.Answer resumed = ask.reseal("util", "worker", "resume", Fleet.HOST_A, "0");
    assertThat(resumed.out()).isEqualToIgnoringNewLines("host-a#0 is resumed.");
    RunRecord run = runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(Fleet.HOST_A);
    assertThat(fleet.catalog().hostCommands().ofHost(Fleet.HOST_A))
        .extracting(HostCommandRow::kind)
        .startsWith("resume", "pause", "pause");
  }

  // Seen to fail: with a pause that only marks the thread.
  @Test
  void pauseNowEndsTheStageAndTheFinishedLayersStay() throws Exception {
    LostSector sector = lab.bigOne();
    ask.rebuild(sector);
    Stops.Frozen frozen = stops.freezeInSecondLayer(sector);
    Ask.Answer paused = ask.reseal("util", "worker", "pause", frozen.host(), "0", "--now");
    assertThat(paused.out()).contains("the running step of " + sector.id() + " is stopped");
    Await.until("the stage has ended", () -> !frozen.stage().isAlive());
    RunRecord standing =
        Await.value(
            "the rebuild waits for its thread",
            () -> runs.run(sector).filter(run -> run.paused() != null));
    assertThat(standing.paused()).contains("was paused by").contains(frozen.host() + "#0");
    assertThat(standing.attention()).isNull();
    assertThat(fleet.thread(frozen.host()).sector()).isEqualTo(sector.id());
    Ask.Answer resumed = ask.reseal("util", "worker", "resume", frozen.host(), "0");
    assertThat(resumed.out()).contains("the rebuild of " + sector.id() + " continues");
    RunRecord run = runs.awaitState(sector, RebuildState.PC1_DONE);
    assertThat(run.host()).isEqualTo(frozen.host());
    assertThat(run.paused()).isNull();
    assertThat(notes(sector, "PC1")).containsExactly("2 layers, 1 of them kept from before");
  }

  // Seen to fail: with a failure that says nothing of what the attempt has finished.
  @Test
  void attemptThatFinishedALayerUsesUpNoneOfTheStepsAttempts() throws Exception {
    LostSector sector = lab.bigOne();
    ask.rebuild(sector);
    stops.freezeInSecondLayer(sector).end();
    runs.awaitState(sector, RebuildState.PC1_DONE);
    assertThat(notes(sector, "went on")).singleElement().asString().contains("Host.StageDied");
    assertThat(notes(sector, "PC1")).containsExactly("2 layers, 1 of them kept from before");
  }

  private List<String> notes(LostSector sector, String step) {
    return runs.changes(sector).stream()
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
      Await.until(host + " seals", () -> fleet.thread(host).plan().equals("sealer"));
    }
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1);
    ask.rebuild(sector);
    Files.writeString(hotFile(Fleet.HOST_A), "plan = \"rebuild\"\nlocation = \"/elsewhere\"\n");
    Await.until(
        "the fault shows",
        () ->
            fleet.thread(Fleet.HOST_A).lastErr() != null
                && fleet
                    .thread(Fleet.HOST_A)
                    .lastErr()
                    .contains("`location` in " + hotFile(Fleet.HOST_A) + " line 2"));
    assertThat(runs.status(sector).run().state()).isEqualTo(RebuildState.EMPTY);
    Files.delete(hotFile(Fleet.HOST_A));
    RunRecord run = runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(Fleet.HOST_A);
    assertThat(fleet.thread(Fleet.HOST_A).lastErr()).isNull();
  }

  // Seen to fail: with a worker that does not look whether it is drained.
  @Test
  void drainedHostFinishesWhatItHasAndItsWorkerEnds() throws Exception {
    LostSector first = lab.lose(SealProof.KIB_2_V1_1);
    List<LockedFile> locks = stops.holdUp(first);
    ask.rebuild(first);
    String host = runs.awaitHeldUp(first).host();
    Ask.Answer answer = ask.reseal("util", "worker", "drain", host);
    assertThat(answer.out())
        .isEqualToIgnoringNewLines(
            "Nothing new is taken; the worker ends when the rebuild it holds is done.");
    Await.until(
        "the list shows it",
        () ->
            fleet.catalog().hosts().all().stream()
                .anyMatch(row -> row.name().equals(host) && row.draining()));
    LostSector second = lab.lose(SealProof.KIB_2_V1_1);
    ask.rebuild(second);
    assertThat(runs.awaitState(second, RebuildState.FINISHED).host())
        .isEqualTo(Fleet.otherHost(host));
    assertThat(fleet.worker(host).isAlive()).isTrue();
    locks.forEach(LockedFile::close);
    assertThat(runs.awaitState(first, RebuildState.FINISHED).host()).isEqualTo(host);
    Await.until("the worker ends by itself", () -> !fleet.worker(host).isAlive());
  }

  // Seen to fail: with the free host, whose stores have nothing of the sector.
  @Test
  void theHostThatHasCopiesOfASectorRepairsIt() throws Exception {
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1);
    ask.sectors("rebuild", sector, "--wait");
    Path file = fleet.home().resolve("worker-b.toml");
    String before = Files.readString(file);
    Path own = Files.createDirectory(fleet.home().resolve("store-of-b"));
    Files.writeString(
        file, before + "%n[[attached]]%nname = \"own\"%nlocation = \"%s\"%n".formatted(own));
    try {
      fleet.worker(Fleet.HOST_B).terminate(Await.LIMIT);
      fleet.startWorker(Fleet.HOST_B);
      for (String folder : List.of("sealed", "cache")) {
        Files.createDirectories(own.resolve(folder));
        Files.move(
            fleet.store().resolve(folder).resolve(sector.id().fileName()),
            own.resolve(folder).resolve(sector.id().fileName()));
      }
      Files.delete(own.resolve("cache").resolve(sector.id().fileName()).resolve("p_aux"));
      ask.sectors("check", sector, "-c", fleet.workerFile().toString());
      assertThat(ask.sectors("check", sector, "-c", file.toString()).out()).contains("damaged");
      LostSector busy = lab.lose(SealProof.KIB_2_V1_1);
      List<LockedFile> locks = stops.holdUp(busy);
      ask.rebuild(busy, "--host", Fleet.HOST_B);
      runs.awaitHeldUp(busy);

      ask.rebuild(sector);
      Await.until(
          "it waits for that host",
          () ->
              runs.history(sector).getEvents().stream()
                  .map(event -> event.getActivityTaskScheduledEventAttributes().getTaskQueue())
                  .anyMatch(queue -> queue.getName().equals(Names.hostHoldQueue(Fleet.HOST_B))));
      locks.forEach(LockedFile::close);

      assertThat(runs.awaitState(sector, RebuildState.FINISHED).host()).isEqualTo(Fleet.HOST_B);
      assertThat(runs.changes(sector)).noneMatch(change -> change.step().equals("PC1"));
      assertThat(LostSector.filesIn(own, sector.id())).isEqualTo(sector.files());
    } finally {
      Files.writeString(file, before);
      fleet.worker(Fleet.HOST_B).terminate(Await.LIMIT);
      fleet.startWorker(Fleet.HOST_B);
    }
  }

  @Test
  void commandsThatMakeNoSenseAreRefusedWithAReason() {
    refused("there is nothing to resume", "util", "worker", "resume", Fleet.HOST_A, "0");
    refused("has no sealing thread 7; it has #0", "util", "worker", "pause", Fleet.HOST_A, "7");
    refused("known workers: host-a, host-b", "util", "worker", "pause", "host-x", "0");
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
    Ask.Answer answer = ask.reseal("util", "worker", "pause", Fleet.HOST_B, "0");
    assertThat(answer.err())
        .isEqualToIgnoringNewLines("host-b does not answer: is its worker running?");
    assertThat(answer.status()).isEqualTo(3);
  }

  private void refused(String reason, String... arguments) {
    Ask.Answer answer = ask.reseal(arguments);
    assertThat(answer.err()).contains(reason);
    assertThat(answer.status()).isEqualTo(4);
  }

  private Path hotFile(String host) {
    return fleet.scratch(host).resolve("config.toml");
  }
}
