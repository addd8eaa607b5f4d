package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.temporal.api.history.v1.HistoryEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who gets a thread that becomes free, from a real Temporal server. */
@ExtendWith(FleetExtension.class)
@Timeout(300)
class QueueIT {

  private static final long OTHER_MINER = 2002;

  private final Fleet fleet;
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;

  QueueIT(Fleet fleet, Lab lab, Ask ask, Runs runs) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
  }

  @BeforeEach
  void pauseAllThreads() {
    for (String host : Fleet.HOSTS) {
      assertThat(ask.reseal("util", "worker", "pause", host, "0").status()).isZero();
    }
  }

  @AfterEach
  void resumeAllThreads() {
    for (String host : Fleet.HOSTS) {
      ask.reseal("util", "worker", "resume", host, "0");
    }
    Await.until(
        "no thread is paused",
        () -> Fleet.HOSTS.stream().noneMatch(host -> fleet.thread(host).paused()));
  }

  // Fails if an urgent rebuild waits for those before it, or if one miner's rebuilds wait for all
  // of
  // another miner's that came first.
  @Test
  void anUrgentRebuildIsNextAndAnotherMinerGetsItsShare() throws Exception {
    List<LostSector> first = lost(lab::nextSector, 12);
    List<LostSector> others = lost(() -> new SectorId(OTHER_MINER, lab.nextSector().number()), 2);
    LostSector urgent = lab.lose(SealProof.KIB_2_V1_1);

    startBatch("first-miner", first);
    awaitWaiting(first);
    startBatch("other-miner", others);
    awaitWaiting(others);
    ask.rebuild(urgent, "--urgent");
    awaitWaiting(List.of(urgent));
    assertThat(ask.reseal("util", "worker", "resume", Fleet.HOST_A, "0").status()).isZero();

    List<LostSector> all = Stream.of(first, others, List.of(urgent)).flatMap(List::stream).toList();
    for (LostSector sector : all) {
      Await.until(sector.id() + " has finished", () -> latest(sector).endedAt() != null);
      assertThat(lab.stored(sector)).isEqualTo(sector.files());
    }
    List<SectorId> order =
        all.stream()
            .sorted(Comparator.comparing(sector -> latest(sector).endedAt()))
            .map(LostSector::id)
            .toList();
    assertThat(order.get(0)).as(order.toString()).isEqualTo(urgent.id());
    assertThat(order.subList(0, 6))
        .as(order.toString())
        .contains(others.get(0).id(), others.get(1).id());
  }

  private RunRecord latest(LostSector sector) {
    return fleet.catalog().runs().latest(sector.id()).orElseThrow();
  }

  private List<LostSector> lost(Supplier<SectorId> ids, int count) throws IOException {
    List<LostSector> lost = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lost.add(lab.lose(ids.get(), SealProof.KIB_2_V1_1));
    }
    return lost;
  }

  private void startBatch(String name, List<LostSector> sectors) throws IOException {
    Path list = Files.createTempFile("sectors", ".txt");
    Files.write(list, sectors.stream().map(sector -> sector.id().toString()).toList());
    Ask.Answer started =
        ask.reseal(
            "sectors", "rebuild", "--file", list.toString(), "--name", name, "--parallel", "12");
    assertThat(started.status()).as(started.toString()).isZero();
  }

  private void awaitWaiting(List<LostSector> sectors) {
    for (LostSector sector : sectors) {
      Await.until(
          sector.id() + " has begun", () -> fleet.catalog().runs().latest(sector.id()).isPresent());
      runs.follow(sector.id());
      Await.until(sector.id() + " waits in Temporal's queue", () -> waits(sector));
    }
  }

  private boolean waits(LostSector sector) {
    return runs.history(sector).getEvents().stream()
        .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
        .map(event -> event.getActivityTaskScheduledEventAttributes().getTaskQueue().getName())
        .anyMatch(Names.HOLD_QUEUE::equals);
  }
}
