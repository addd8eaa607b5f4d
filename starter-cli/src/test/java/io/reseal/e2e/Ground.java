package io.reseal.e2e;

import io.reseal.config.Installation;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a fleet's hosts depend on besides processes, made so that it can fail: each host's links to
 * the servers and, where this machine allows it, its network and clock and the disks of the store
 * and of scratch.
 */
final class Ground implements AutoCloseable {

  /**
   * What one host has.
   *
   * @param temporal its link to Temporal's server
   * @param catalog its link to MariaDB
   * @param cable what both links begin at, if a host can have a network of its own
   * @param clock its clock, if it can be set
   */
  record Host(Link temporal, Link catalog, Optional<Cable> cable, Optional<Clock> clock) {
    Stream<Link> links() {
      return Stream.of(temporal, catalog);
    }
  }

  private final Fleet fleet;
  private final Map<String, Host> hosts = new HashMap<>();
  private final Map<Path, SmallDisk> disks = new HashMap<>();
  private final Thread atEnd = new Thread(this::remove);

  private Ground(Fleet fleet) {
    this.fleet = fleet;
  }

  /** Puts a fleet on such ground, with its workers started again. */
  static Ground under(Fleet fleet) throws IOException {
    Ground ground = new Ground(fleet);
    fleet.stopWorkers();
    Runtime.getRuntime().addShutdownHook(ground.atEnd);
    Installation installation = Installation.load(fleet.home(), Map.of());
    for (String host : Fleet.HOSTS) {
      ground.equip(host, installation);
    }
    if (SmallDisk.canBeMounted()) {
      for (Path directory : directories(fleet)) {
        ground.disks.put(directory, SmallDisk.over(directory));
      }
    }
    fleet.makeWhole();
    return ground;
  }

  private static List<Path> directories(Fleet fleet) {
    List<Path> directories = new ArrayList<>(Fleet.HOSTS.stream().map(fleet::scratch).toList());
    directories.add(fleet.store());
    return directories;
  }

  private void equip(String name, Installation installation) throws IOException {
    Optional<Cable> cable =
        Cable.canBeMade() ? Optional.of(Cable.to(Fleet.HOSTS.indexOf(name))) : Optional.empty();
    InetAddress here = cable.map(Cable::here).orElse(InetAddress.getLoopbackAddress());
    String temporal = installation.temporal().address();
    String catalog = installation.catalog().url();
    ManagedProcess worker = fleet.worker(name);
    Host host =
        new Host(
            new Link(here, port(temporal)),
            new Link(here, port(catalog)),
            cable,
            Clock.of(worker, fleet.home().resolve(name + ".clock")));
    hosts.put(name, host);
    worker.within(cable.map(Cable::inside).orElse(List.of()));
    worker.environment("TEMPORAL_ADDRESS", through(host.temporal(), temporal));
    worker.environment("RESEAL_CATALOG_URL", through(host.catalog(), catalog));
  }

  private static int port(String address) {
    return Integer.parseInt(address.replaceFirst("^.*:(\\d+).*$", "$1"));
  }

  private static String through(Link link, String address) {
    return address.replaceFirst("[\\w.]+:\\d+", link.entry());
  }

  Host host(String name) {
    return hosts.get(name);
  }

  /** The disk of a directory, if one can be mounted here. */
  Optional<SmallDisk> disk(Path directory) {
    return Optional.ofNullable(disks.get(directory));
  }

  /** Puts the fleet back where it was. */
  @Override
  public void close() {
    fleet.stopWorkers();
    for (String name : hosts.keySet()) {
      ManagedProcess worker = fleet.worker(name);
      worker.within(List.of());
      worker.environment("TEMPORAL_ADDRESS", null);
      worker.environment("RESEAL_CATALOG_URL", null);
      Clock.remove(worker);
    }
    remove();
    Runtime.getRuntime().removeShutdownHook(atEnd);
  }

  private void remove() {
    for (Host host : hosts.values()) {
      host.links().forEach(Link::close);
      host.cable().ifPresent(Cable::close);
    }
    disks.values().forEach(SmallDisk::close);
  }
}
