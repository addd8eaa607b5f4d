package io.reseal.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The catalog's database as a child process, with its data under the home directory. */
final class EmbeddedMariaDb implements Service {

  static final String DATABASE = "reseal";
  static final String USER = "reseal";

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

  private final ServiceProcess process;
  private final int port;

  private EmbeddedMariaDb(ServiceProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  static String url(int port) {
    return "jdbc:mariadb://127.0.0.1:" + port + "/" + DATABASE;
  }

  /** Installs it if necessary, starts it, and returns when it answers. */
  static EmbeddedMariaDb start(MariaDbProgram program, Home home, int port) {
    try {
      String password = Files.readString(home.passwordFile()).strip();
      Files.createDirectories(home.mariadbTemporary());
      install(program, home);
      Path socket = socket(port);
      Path initFile = home.directory().resolve("mariadb-init.sql");
      Files.deleteIfExists(initFile);
      Files.createFile(
          initFile,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(initFile, userStatements(password));
      ServiceProcess process =
          ServiceProcess.start(
              "mariadb",
              home.logs(),
              program.serverCommand(home.mariadb(), port, socket, initFile),
              program.environment(home.mariadbTemporary()));
      EmbeddedMariaDb database = new EmbeddedMariaDb(process, port);
      try {
        database.awaitAnswer(password);
      } catch (RuntimeException e) {
        database.close();
        throw e;
      } finally {
        Files.deleteIfExists(initFile);
      }
      return database;
    } catch (IOException e) {
      throw UpException.failed("MariaDB cannot be started: " + e.getMessage(), e);
    }
  }

  /** Idempotent, so that the next start completes one that was interrupted. */
  private static String userStatements(String password) {
    return """
    CREATE DATABASE IF NOT EXISTS %1$s CHARACTER SET utf8mb4;
    CREATE OR REPLACE USER '%2$s'@'127.0.0.1' IDENTIFIED BY '%3$s';
    GRANT ALL ON `%1$s%%`.* TO '%2$s'@'127.0.0.1';
    """
        .formatted(DATABASE, USER, password);
  }

  private static void install(MariaDbProgram program, Home home) throws IOException {
    // The mark is made last: after an interrupted installation, the data directory is created
    // again.
    Path installed = home.directory().resolve("mariadb.installed");
    if (Files.exists(installed)) {
      return;
    }
    try (Stream<Path> entries = Files.list(home.mariadb())) {
      for (Path entry : entries.toList()) {
        CacheDirectory.removeTree(entry);
      }
    }
    ServiceProcess install =
        ServiceProcess.start(
            "mariadb-install",
            home.logs(),
            program.installCommand(home.mariadb()),
            program.environment(home.mariadbTemporary()));
    int status = install.onExit().join().exitValue();
    install.stop(STOP_LIMIT);
    if (status != 0) {
      throw UpException.failed(
          "MariaDB's data directory %s cannot be created; %s ends with:\n%s"
              .formatted(home.mariadb(), install.logFile(), install.lastWords()),
          null);
    }
    Files.createFile(installed);
  }

  /** Socket paths are limited to 107 bytes, so it lies in the system's temporary directory. */
  private static Path socket(int port) {
    return Path.of(System.getProperty("java.io.tmpdir"), "reseal-mariadb-" + port + ".sock");
  }

  private void awaitAnswer(String password) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try (Connection connection = DriverManager.getConnection(url(port), USER, password)) {
        if (connection.isValid(5)) {
          return;
        }
      } catch (SQLException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw UpException.failed(
              "MariaDB did not start; %s ends with:\n%s"
                  .formatted(process.logFile(), process.lastWords()),
              e);
        }
      }
      pause();
    }
  }

  static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw UpException.failed("The start was interrupted.", e);
    }
  }

  @Override
  public String name() {
    return "MariaDB";
  }

  @Override
  public String where() {
    return "127.0.0.1:%d, database %s".formatted(port, DATABASE);
  }

  @Override
  public CompletableFuture<?> ended() {
    return process.onExit();
  }

  @Override
  public void close() {
    process.stop(STOP_LIMIT);
  }
}
