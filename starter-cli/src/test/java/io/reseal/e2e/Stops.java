package io.reseal.e2e;

import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Stops rebuilds at a chosen point, and lets them continue. */
final class Stops {

  private final Fleet fleet;
  private final List<Frozen> frozen = new ArrayList<>();

  Stops(Fleet fleet) {
    this.fleet = fleet;
  }

  /**
   * A stopped stage process.
   *
   * @param host on which host
   * @param stage the process
   */
  record Frozen(String host, ProcessHandle stage) {
    void thaw() {
      if (stage.isAlive()) {
        signal("CONT", stage);
      }
    }

    void end() {
      stage.destroyForcibly();
    }
  }

  /** Kills the stage processes that a test left stopped. */
  void endAll() {
    frozen.forEach(Frozen::end);
    frozen.clear();
  }

  /**
   * Stops the stage process that works on the sector's second layer, once the first one is
   * finished.
   */
  Frozen freezeInSecondLayer(LostSector sector) {
    SectorId id = sector.id();
    String host =
        Await.brief(
            "the first layer of " + id + " is finished",
            () ->
                Fleet.HOSTS.stream()
                    .filter(name -> labels(name, fleet.scratch(name), id))
                    .findFirst());
    return freeze(host, fleet.scratch(host), id);
  }

  /** The same on a host that may have the sector in any of these locations. */
  Frozen freezeInSecondLayer(LostSector sector, String host, List<Path> locations) {
    Path location =
        Await.brief(
            "the first layer of " + sector.id() + " is finished",
            () -> locations.stream().filter(path -> labels(host, path, sector.id())).findFirst());
    return freeze(host, location, sector.id());
  }

  private boolean labels(String host, Path location, SectorId sector) {
    return Lab.layers(location, sector) > 0 && !fleet.worker(host).stages().isEmpty();
  }

  private Frozen freeze(String host, Path location, SectorId sector) {
    ProcessHandle stage = fleet.worker(host).stages().get(0);
    signal("STOP", stage);
    Frozen stopped = new Frozen(host, stage);
    frozen.add(stopped);
    if (Lab.layers(location, sector) != 1) {
      throw new AssertionError("The second layer was finished before its stage could be stopped.");
    }
    return stopped;
  }

  /** Sends a signal and waits until it has been sent. */
  static void signal(String name, ProcessHandle process) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      kill.onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps the sector's stages from running on any host until the locks are closed. */
  List<LockedFile> holdUp(LostSector sector) throws IOException {
    return holdUp(List.of(sector), Fleet.HOSTS.stream().map(fleet::scratch).toList());
  }

  /** Keeps the sectors' stages from running in any of these locations. */
  static List<LockedFile> holdUp(List<LostSector> sectors, List<Path> locations)
      throws IOException {
    List<LockedFile> locks = new ArrayList<>();
    for (LostSector sector : sectors) {
      for (Path location : locations) {
        locks.add(
            new LockedFile(location.resolve("reseal").resolve(sector.id().fileName() + ".lock")));
      }
    }
    return locks;
  }
}
