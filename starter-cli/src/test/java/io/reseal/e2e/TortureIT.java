package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.ThreadRow;
import io.reseal.contract.RunRecord;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Sectors are rebuilt while processes are killed and frozen, files rot and operators change their
 * minds. Afterwards the stores are compared with what was lost, byte for byte, and nothing may be
 * left over. {@code make torture} runs it for longer.
 *
 * <p>Has caught: a rebuild that stayed paused although it was resumed, because its step had not
 * ended by then.
 */
@ExtendWith(FleetExtension.class)
@Timeout(14_400)
class TortureIT {

  /** How long the last rebuild may take once nothing is wrong any more. */
  private static final Duration SETTLES = Duration.ofMinutes(5);

  /** Rebuilds that are under way at each fault: more than the hosts have threads. */
  private static final int AT_WORK = 4;

  private final Fleet fleet;
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;

  /** Sectors that are lost and wait for their turn. */
  private final Deque<LostSector> waiting = new ArrayDeque<>();

  /** Sectors that are being rebuilt. */
  private final List<LostSector> atWork = new ArrayList<>();

  private final List<String> wrong = new ArrayList<>();
  private int rebuilt;
  private final TortureReport report = new TortureReport();

  TortureIT(Fleet fleet, Lab lab, Ask ask, Runs runs) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
  }

  @Test
  void nothingIsWrongNothingIsLostAndNothingIsStuck() throws Exception {
    Torture torture = Torture.asRequested();
    System.out.println("torture: " + torture);
    fleet.hostGrace("5s");
    fleet.parkRetry("5s");
    try (Ground ground = Ground.under(fleet)) {
      rebuildOn(ground, torture);
    }
  }

  private void rebuildOn(Ground ground, Torture torture) throws IOException {
    List<LostSector> sectors = lose(torture);
    waiting.addAll(sectors);
    for (Torture.Planned planned : torture.faults()) {
      keepAtWork();
      Await.pause(planned.afterMillis());
      strike(planned, new Victims(planned, fleet, ground, ask, runs));
    }
    fleet.makeWhole();
    atWork.forEach(this::awaitFinished);
    atWork.forEach(this::check);
    System.out.println(report.text(torture, rebuilt, fleet.catalog()));
    assertThat(wrong).as("stored sectors that are not what was lost").isEmpty();
    Await.until("no thread has a sector", () -> threadsInUse().isEmpty());
    sectors.forEach(lab::awaitNoScratch);
    assertThat(leftovers()).as("what is left in the store").isEmpty();
    Await.until("no stage process is left over", () -> orphans().isEmpty());
  }

  private List<LostSector> lose(Torture torture) throws IOException {
    List<LostSector> sectors = new ArrayList<>();
    for (int i = 0; i < torture.small(); i++) {
      sectors.add(lab.lose(SealProof.KIB_2_V1_1, lab.piece(512, 512)));
    }
    for (int i = 0; i < torture.big(); i++) {
      sectors.add(lab.lose(SealProof.MIB_8_V1_1, lab.piece(1 << 20, 0)));
    }
    Collections.shuffle(sectors, new Random(torture.seed()));
    return sectors;
  }

  /** What is back is compared and lost again, and others have their turn. */
  private void keepAtWork() throws IOException {
    List<LostSector> ended = atWork.stream().filter(this::hasEnded).toList();
    for (LostSector sector : ended) {
      if (runs.run(sector).filter(run -> run.state() == RebuildState.FINISHED).isPresent()) {
        check(sector);
        lab.lose(sector);
      }
    }
    atWork.removeAll(ended);
    waiting.addAll(ended);
    List<LostSector> next = new ArrayList<>();
    while (atWork.size() + next.size() < AT_WORK && !waiting.isEmpty()) {
      next.add(waiting.remove());
    }
    atWork.addAll(next);
    rebuild(next);
  }

  private boolean hasEnded(LostSector sector) {
    return runs.run(sector).filter(run -> run.endedAt() != null).isPresent();
  }

  /** Several at the same time: each command waits a moment to see whether anything is lost. */
  private void rebuild(List<LostSector> sectors) {
    ExecutorService commands = Executors.newFixedThreadPool(AT_WORK);
    try {
      CompletableFuture.allOf(
              sectors.stream()
                  .map(sector -> CompletableFuture.runAsync(() -> ask.rebuild(sector), commands))
                  .toArray(CompletableFuture<?>[]::new))
          .join();
    } finally {
      commands.shutdown();
    }
    sectors.forEach(sector -> report.follow(runs.runId(sector.id())));
  }

  /** Compares the files themselves, whatever the program believes about them. */
  private void check(LostSector sector) {
    Map<String, String> stored = lab.stored(sector);
    List<String> differing =
        Stream.concat(stored.keySet().stream(), sector.files().keySet().stream())
            .distinct()
            .filter(file -> !Objects.equals(stored.get(file), sector.files().get(file)))
            .toList();
    if (differing.isEmpty()) {
      rebuilt++;
    } else {
      wrong.add("%s: %s; its run is %s".formatted(sector.id(), differing, runs.run(sector)));
    }
  }

  private void strike(Torture.Planned planned, Victims victims) throws IOException {
    report.strikes(planned, layers(planned.host()), runs);
    Optional<String> struck = planned.fault().strike(victims);
    System.out.printf(
        "torture: %s: %s; %d rebuilt so far%n",
        planned, struck.orElse("nothing to strike"), rebuilt);
    if (struck.isPresent()) {
      long over = System.nanoTime();
      awaitProgress();
      report.recovered((System.nanoTime() - over) / 1_000_000);
    } else {
      report.missed();
    }
  }

  /** The sectors that have finished layers in the scratch of a host. */
  private Map<SectorId, Integer> layers(String host) {
    Map<SectorId, Integer> layers = new TreeMap<>();
    for (LostSector sector : atWork) {
      int finished = Lab.layers(fleet.scratch(host), sector.id());
      if (finished > 0) {
        layers.put(sector.id(), finished);
      }
    }
    return layers;
  }

  /** Waits until some rebuild changes its state, unless all have ended. */
  private void awaitProgress() {
    Map<SectorId, RebuildState> before = states();
    Await.value(
        "some rebuild has continued; they are " + before,
        SETTLES,
        () ->
            Optional.of(states())
                .filter(now -> !now.isEmpty())
                .filter(
                    now ->
                        !now.equals(before)
                            || now.values().stream().allMatch(RebuildState::isEnd)));
  }

  private Map<SectorId, RebuildState> states() {
    Map<SectorId, RebuildState> states = new TreeMap<>();
    for (LostSector sector : atWork) {
      runs.run(sector).ifPresent(run -> states.put(sector.id(), run.state()));
    }
    return states;
  }

  /** Rebuilds again what an operator aborted; anything else must end well without help. */
  private void awaitFinished(LostSector sector) {
    RunRecord end = awaitEnd(sector);
    if (end.state() == RebuildState.ABORTED) {
      rebuild(List.of(sector));
      end = awaitEnd(sector);
    }
    assertThat(end.state()).as("%s: %s", sector.id(), end).isEqualTo(RebuildState.FINISHED);
  }

  private RunRecord awaitEnd(LostSector sector) {
    return Await.value(
        "%s has ended; it is %s".formatted(sector.id(), runs.run(sector)),
        SETTLES,
        () -> runs.run(sector).filter(run -> run.endedAt() != null));
  }

  private List<ThreadRow> threadsInUse() {
    return fleet.catalog().threads().all().stream()
        .filter(thread -> Objects.nonNull(thread.sector()))
        .toList();
  }

  private List<Path> leftovers() throws IOException {
    Path incoming = fleet.store().resolve(".reseal/incoming");
    if (!Files.exists(incoming)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(incoming)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static List<String> orphans() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").endsWith("reseal-stage"))
        .filter(process -> process.parent().map(ProcessHandle::pid).orElse(1L) == 1)
        .map(process -> process.pid() + " " + process.info().command().orElse(""))
        .toList();
  }
}
