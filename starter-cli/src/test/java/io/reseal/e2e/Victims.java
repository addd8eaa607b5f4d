package io.reseal.e2e;

import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What one planned fault can meet, and what it can do to that. */
final class Victims {

  private static final Duration SOON = Duration.ofSeconds(5);

  /** A worker looks at its clock's offset once a second. */
  private static final int CLOCK_MILLIS = 2_000;

  private static final int FLAPS = 4;

  private final Torture.Planned plan;
  private final Fleet fleet;
  private final Ground ground;
  private final Ask ask;
  private final Runs runs;

  Victims(Torture.Planned plan, Fleet fleet, Ground ground, Ask ask, Runs runs) {
    this.plan = plan;
    this.fleet = fleet;
    this.ground = ground;
    this.ask = ask;
    this.runs = runs;
  }

  Fleet fleet() {
    return fleet;
  }

  String host() {
    return plan.host();
  }

  int choice() {
    return plan.choice();
  }

  ManagedProcess worker() {
    return fleet.worker(host());
  }

  Ground.Host ground() {
    return ground.host(host());
  }

  Path scratch() {
    return fleet.scratch(host());
  }

  Path store() {
    return fleet.store();
  }

  Optional<String> killStage() {
    Optional<ProcessHandle> stage = stage();
    stage.ifPresent(ProcessHandle::destroyForcibly);
    return stage.map(Victims::command);
  }

  Optional<String> freezeStage() {
    Optional<ProcessHandle> stage = stage();
    stage.ifPresent(process -> freeze(process, plan.lastsMillis()));
    return stage.map(Victims::command);
  }

  private Optional<ProcessHandle> stage() {
    return soon(() -> Optional.of(worker().stages()).filter(all -> !all.isEmpty()))
        .map(plan::choose);
  }

  private static String command(ProcessHandle stage) {
    return "stage process " + stage.pid();
  }

  /** What there may be in a moment, when a host has a sector again. */
  private static <T> Optional<T> soon(Supplier<Optional<T>> source) {
    long deadline = System.nanoTime() + SOON.toNanos();
    Optional<T> found = source.get();
    while (found.isEmpty() && System.nanoTime() < deadline) {
      Await.pause(5);
      found = source.get();
    }
    return found;
  }

  Optional<String> kill(ManagedProcess process) {
    process.kill();
    last();
    process.start();
    return Optional.of(host());
  }

  Optional<String> stopWorker() {
    worker().terminate(Await.LIMIT);
    last();
    worker().start();
    return Optional.of(host());
  }

  Optional<String> freeze(ManagedProcess process) {
    freeze(process.handle(), 2 * plan.lastsMillis());
    return Optional.of(host());
  }

  private static void freeze(ProcessHandle process, int millis) {
    Stops.signal("STOP", process);
    Await.pause(millis);
    if (process.isAlive()) {
      Stops.signal("CONT", process);
    }
  }

  /** Lets the fault last. It is the fault's own length, and not a wait for anything. */
  private void last() {
    Await.pause(plan.lastsMillis());
  }

  Optional<String> setClock(Duration fromTruth) {
    return ground()
        .clock()
        .map(
            clock -> {
              clock.jump(fromTruth);
              Await.pause(CLOCK_MILLIS + plan.lastsMillis());
              clock.jump(Duration.ZERO);
              return host();
            });
  }

  Optional<String> damage(Damage damage) throws IOException {
    Optional<List<Path>> files =
        soon(() -> Optional.of(sectorFiles()).filter(all -> !all.isEmpty()));
    if (files.isEmpty()) {
      return Optional.empty();
    }
    Path file = plan.choose(files.get());
    try {
      damage.to(file);
      return Optional.of(file.toString());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void overwriteByAnother(Path file) throws IOException {
    Files.copy(plan.choose(sectorFiles()), file, StandardCopyOption.REPLACE_EXISTING);
  }

  private List<Path> sectorFiles() {
    try (Stream<Path> tree = Files.walk(scratch())) {
      return tree.filter(Files::isRegularFile)
          .filter(file -> file.toString().contains("s-t0"))
          .filter(file -> !file.toString().endsWith(".lock"))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      // A file vanished during the walk.
      return List.of();
    }
  }

  Optional<String> fill(Path directory) throws IOException {
    Optional<SmallDisk> disk = ground.disk(directory);
    if (disk.isPresent()) {
      if (choice() % 2 == 0) {
        disk.get().fill();
      } else {
        disk.get().fillWithFiles();
      }
      last();
      disk.get().free();
    }
    return disk.map(small -> directory.toString());
  }

  Optional<String> hide(Path directory) throws IOException {
    Optional<SmallDisk> disk = ground.disk(directory);
    if (disk.isPresent()) {
      disk.get().hide();
      last();
      disk.get().show();
    }
    return disk.map(small -> directory.toString());
  }

  Optional<String> makeReadOnly(Path directory) throws IOException {
    Optional<SmallDisk> disk = ground.disk(directory);
    if (disk.isPresent()) {
      disk.get().makeReadOnly();
      last();
      disk.get().makeWritable();
    }
    return disk.map(small -> directory.toString());
  }

  /** An operator pauses a rebuild meanwhile, which must not wait for the disk. */
  Optional<String> hang(Path directory) throws IOException {
    Optional<SmallDisk> disk = ground.disk(directory);
    if (disk.isPresent()) {
      disk.get().hang();
      last();
      pauseAndResume();
      disk.get().wake();
    }
    return disk.map(small -> directory.toString());
  }

  Optional<String> disturb(Stream<Link> links, Consumer<Link> fault) {
    links.forEach(fault);
    last();
    ground().links().forEach(Link::open);
    return Optional.of(host());
  }

  Optional<String> flap() {
    for (int i = 0; i < FLAPS; i++) {
      disturb(ground().links(), i % 2 == 0 ? Link::cut : Link::refuse);
    }
    return Optional.of(host());
  }

  Optional<String> unplug() throws IOException {
    Optional<Cable> cable = ground().cable();
    if (cable.isPresent()) {
      cable.get().pull();
      last();
      cable.get().plug();
    }
    return cable.map(pulled -> host());
  }

  Optional<String> pauseAndResume() {
    Optional<SectorId> sector = openSector();
    sector.ifPresent(
        paused -> {
          ask.sectors("pause", paused);
          Await.pause(plan.lastsMillis() / 4);
          ask.sectors("resume", paused);
        });
    return sector.map(SectorId::toString);
  }

  /** An operator's command on some sector. */
  Optional<String> order(String command, String... options) {
    Optional<SectorId> sector = openSector();
    sector.ifPresent(chosen -> ask.sectors(command, chosen, options));
    return sector.map(SectorId::toString);
  }

  private Optional<SectorId> openSector() {
    return Optional.of(runs.open().stream().sorted().toList())
        .filter(all -> !all.isEmpty())
        .map(plan::choose);
  }
}
