package io.reseal.e2e;

import io.reseal.config.Installation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a fleet's hosts depend on besides processes, made so that it can fail: each host's links to
 * the servers and, if they can be mounted here, the disks of the store and of scratch.
 */
final class Ground implements AutoCloseable {

  /**
   * A host's links.
   *
   * @param temporal to Temporal's server
   * @param catalog to MariaDB
   */
  record Links(Link temporal, Link catalog) {
    Stream<Link> all() {
      return Stream.of(temporal, catalog);
    }
  }

  private final Fleet fleet;
  private final Map<String, Links> links = new HashMap<>();
  private final Map<Path, SmallDisk> disks = new HashMap<>();
  private final Thread atEnd = new Thread(this::unmount);

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
      ground.link(host, installation);
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

  private void link(String host, Installation installation) {
    String temporal = installation.temporal().address();
    String catalog = installation.catalog().url();
    Links own = new Links(new Link(port(temporal)), new Link(port(catalog)));
    links.put(host, own);
    ManagedProcess worker = fleet.worker(host);
    worker.environment("TEMPORAL_ADDRESS", at(temporal, own.temporal()));
    worker.environment("RESEAL_CATALOG_URL", at(catalog, own.catalog()));
  }

  private static int port(String address) {
    return Integer.parseInt(address.replaceFirst("^.*:(\\d+).*$", "$1"));
  }

  private static String at(String address, Link link) {
    return address.replaceFirst(":\\d+", ":" + link.port());
  }

  Links links(String host) {
    return links.get(host);
  }

  /** The disk of a directory; null if none can be mounted here. */
  SmallDisk disk(Path directory) {
    return disks.get(directory);
  }

  /** Puts the fleet back where it was. */
  @Override
  public void close() {
    fleet.stopWorkers();
    for (Map.Entry<String, Links> host : links.entrySet()) {
      host.getValue().all().forEach(Link::close);
      fleet.worker(host.getKey()).environment("TEMPORAL_ADDRESS", null);
      fleet.worker(host.getKey()).environment("RESEAL_CATALOG_URL", null);
    }
    unmount();
    Runtime.getRuntime().removeShutdownHook(atEnd);
  }

  private void unmount() {
    disks.values().forEach(SmallDisk::close);
  }
}
