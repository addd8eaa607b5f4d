package io.reseal.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Only the catalog's database, without Temporal and a worker, in its own home. */
public final class EmbeddedCatalog implements AutoCloseable {

  private final Home home;
  private final EmbeddedMariaDb database;

  private EmbeddedCatalog(Home home, EmbeddedMariaDb database) {
    this.home = home;
    this.database = database;
  }

  /**
   * Creates the home's files and starts the database.
   *
   * @param environment where the cache directory is looked up
   */
  public static EmbeddedCatalog start(Path directory, Map<String, String> environment)
      throws IOException {
    Ports ports = Ports.free();
    Home home = new Home(Files.createDirectories(directory).toRealPath());
    new HomeFiles(home).create(UpRequest.of(home.directory(), ports, "nobody"));
    return new EmbeddedCatalog(
        home,
        EmbeddedMariaDb.start(
            MariaDbProgram.unpacked(CacheDirectory.of(environment)), home, ports.mariadb()));
  }

  /** The home to give to commands. */
  public Path home() {
    return home.directory();
  }

  @Override
  public void close() {
    database.close();
  }
}
