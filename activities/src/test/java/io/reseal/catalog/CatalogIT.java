package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.reseal.catalog.CatalogException.Reason;
import io.reseal.record.Sectors;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Opening the catalog: from nothing, again, by many, and all the ways it cannot be opened. */
class CatalogIT {

  @Test
  void makesItsTablesFromNothingAndKeepsWhatIsInThemWhenOpenedAgain() {
    CatalogSettings settings = CatalogDatabase.fresh();
    try (Catalog catalog = Catalog.open(settings)) {
      catalog.check();
      catalog.sectors().add(Sectors.empty());
    }
    try (Catalog catalog = Catalog.open(settings)) {
      assertThat(catalog.sectors().find(Sectors.empty().id())).contains(Sectors.empty());
    }
  }

  @Test
  void canBeOpenedByManyAtTheSameTimeWhileTheTablesAreMade() throws Exception {
    CatalogSettings settings = CatalogDatabase.fresh();
    Callable<Integer> open =
        () -> {
          try (Catalog catalog = Catalog.open(settings)) {
            return catalog.threads().all().size();
          }
        };
    assertThat(Together.run(Collections.nCopies(4, open))).containsOnly(0);
  }

  /** Seen to catch a migration without IF NOT EXISTS. */
  @Test
  void goesOnWhereAMigrationWasKilledHalfWay() {
    CatalogSettings settings = CatalogDatabase.fresh();
    Catalog.open(settings).close();
    CatalogDatabase.execute(
        settings,
        "DROP TABLE sealing_thread",
        "DROP TABLE state_change",
        "DELETE FROM flyway_schema_history");
    try (Catalog catalog = Catalog.open(settings)) {
      assertThat(catalog.threads().all()).isEmpty();
      assertThat(catalog.runs().changes("none")).isEmpty();
    }
  }

  @Test
  void saysThatNobodyListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String url = "jdbc:mariadb://127.0.0.1:%d/reseal".formatted(port);
    assertRefused(new CatalogSettings(url, "reseal", "secret"), Reason.UNREACHABLE)
        .message()
        .startsWith("The catalog at " + url + " cannot be reached (")
        .contains("Connection refused")
        .endsWith("): start MariaDB there, or correct the catalog's URL.");
  }

  /** Seen to catch an open that waits as long as the socket lets it, a minute. */
  @Test
  @Timeout(40)
  void givesUpOnAServerThatTakesTheConnectionAndStaysSilent() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "jdbc:mariadb://127.0.0.1:%d/reseal".formatted(silent.getLocalPort());
      assertRefused(new CatalogSettings(url, "reseal", "secret"), Reason.SLOW);
    }
  }

  @Test
  void saysThatThePasswordIsWrongAndNeverShowsIt() {
    CatalogSettings right = CatalogDatabase.fresh();
    CatalogSettings wrong = new CatalogSettings(right.url(), right.user(), "not-the-password");
    assertRefused(wrong, Reason.REFUSED)
        .hasMessage(
            "The catalog at %s refuses user 'reseal': check the user and the password; a user that"
                + " needs TLS needs ?sslMode=verify-full in [catalog] url.",
            right.url())
        .hasMessageNotContaining("not-the-password");
  }

  @Test
  void saysThatThereIsNoSuchDatabase() {
    CatalogSettings absent = CatalogDatabase.absent();
    assertRefused(absent, Reason.NO_DATABASE)
        .hasMessage(
            "There is no database 'no_such_database' at %s: create it, or correct the catalog's"
                + " URL.",
            absent.url());
  }

  @Test
  void saysThatTheUserMayNotUseTheDatabase() {
    CatalogSettings owner = CatalogDatabase.fresh();
    CatalogSettings stranger = new CatalogSettings(owner.url(), "stranger", "pw");
    CatalogDatabase.execute(
        owner, "CREATE OR REPLACE USER 'stranger'@'127.0.0.1' IDENTIFIED BY 'pw'");
    assertRefused(stranger, Reason.REFUSED)
        .hasMessage(
            "User 'stranger' lacks rights on the catalog at %s: give it those that 'reseal catalog"
                + " grants' prints.",
            owner.url());
  }

  @Test
  void saysThatTheUserMayOnlyRead() {
    CatalogSettings owner = CatalogDatabase.fresh();
    Catalog.open(owner).close();
    CatalogSettings reader = new CatalogSettings(owner.url(), "reader", "pw");
    CatalogDatabase.execute(
        owner,
        "CREATE OR REPLACE USER 'reader'@'127.0.0.1' IDENTIFIED BY 'pw'",
        "GRANT SELECT ON %s.* TO 'reader'@'127.0.0.1'".formatted(owner.database()));
    try (Catalog catalog = Catalog.open(reader)) {
      assertThat(catalog.threads().all()).isEmpty();
      assertThatThrownBy(() -> catalog.sectors().add(Sectors.empty()))
          .isInstanceOf(CatalogException.class)
          .hasMessage(
              "User 'reader' lacks rights on the catalog at %s: give it those that 'reseal catalog"
                  + " grants' prints.",
              owner.url());
    }
  }

  /**
   * Seen to catch Flyway's default, which takes newer schemas for its own, and a look that does not
   * mind migrations that the program does not have.
   */
  @Test
  void refusesATableLayoutOfANewerProgram() {
    CatalogSettings settings = CatalogDatabase.fresh();
    Catalog.open(settings).close();
    CatalogDatabase.execute(
        settings,
        "INSERT INTO flyway_schema_history SELECT 99, '29991231', 'later', type,"
            + " 'V29991231__remove_later.sql', checksum, installed_by, installed_on, 1, success"
            + " FROM flyway_schema_history WHERE version = '20261122'");
    assertRefused(settings, Reason.SCHEMA)
        .hasMessage(
            "The catalog at %s has schema 29991231, made by a newer Reseal: use that one.",
            settings.url());
  }

  /** Catches: a version that refuses what the next one has only added, while both are running. */
  @Test
  void worksWithTablesToWhichANewerProgramHasAdded() {
    CatalogSettings settings = CatalogDatabase.fresh();
    Catalog.open(settings).close();
    CatalogDatabase.execute(
        settings,
        "ALTER TABLE rebuild_run ADD COLUMN later INT NULL",
        "INSERT INTO flyway_schema_history SELECT 99, '29991231', 'later', type,"
            + " 'V29991231__later.sql', checksum, installed_by, installed_on, 1, success"
            + " FROM flyway_schema_history WHERE version = '20261122'");
    try (Catalog worker = Catalog.open(settings);
        Catalog command = Catalog.use(settings)) {
      worker.sectors().add(Sectors.empty());
      assertThat(command.sectors().find(Sectors.empty().id())).isPresent();
    }
  }

  /** Catches: a command of the next version that migrates the tables of running workers. */
  @Test
  void aCommandMigratesNothing() throws SQLException {
    CatalogSettings settings = CatalogDatabase.fresh();
    Catalog.use(settings).close();
    CatalogDatabase.execute(
        settings,
        "DROP TABLE host_command",
        "DELETE FROM flyway_schema_history WHERE installed_rank > 2");
    assertThatThrownBy(() -> Catalog.use(settings))
        .isInstanceOf(CatalogException.class)
        .hasMessageStartingWith("The catalog at " + settings.url() + " has schema 2026")
        .hasMessageEndingWith(
            ": start a worker of this version or run 'reseal catalog upgrade', which update it, or"
                + " use the older Reseal.");
    try (Connection connection = CatalogDatabase.connect(settings);
        ResultSet table =
            connection.getMetaData().getTables(settings.database(), null, "host_command", null)) {
      assertThat(table.next()).isFalse();
    }
    Catalog.open(settings).close();
    Catalog.use(settings).close();
  }

  @Test
  void refusesADatabaseThatHoldsOtherTables() {
    CatalogSettings settings = CatalogDatabase.fresh();
    CatalogDatabase.execute(settings, "CREATE TABLE someone_elses (id INT)");
    assertRefused(settings, Reason.SCHEMA)
        .hasMessage(
            "Database '%s' at %s holds other tables: give Reseal its own database.",
            settings.database(), settings.url());
  }

  @Test
  void refusesTablesThatAnotherMigrationMade() {
    CatalogSettings settings = CatalogDatabase.fresh();
    Catalog.open(settings).close();
    CatalogDatabase.execute(settings, "UPDATE flyway_schema_history SET checksum = 1");
    assertRefused(settings, Reason.SCHEMA)
        .message()
        .startsWith("The tables of the catalog at " + settings.url() + " could not be brought up")
        .endsWith("restore the database from its backup, or start with an empty one.");
  }

  @Test
  void refusesTablesWhoseLastMigrationFailed() {
    CatalogSettings settings = CatalogDatabase.fresh();
    Catalog.open(settings).close();
    CatalogDatabase.execute(
        settings,
        "UPDATE flyway_schema_history SET success = 0 ORDER BY installed_rank DESC LIMIT 1");
    assertRefused(settings, Reason.SCHEMA)
        .message()
        .startsWith("The tables of the catalog at " + settings.url() + " could not be brought up");
  }

  /** Seen to catch the tables taken for current where only some of the migrations are applied. */
  @Test
  void makesWhatIsMissingWhereAnEarlierProgramMadeTheTables() throws SQLException {
    CatalogSettings settings = CatalogDatabase.fresh();
    Catalog.open(settings).close();
    CatalogDatabase.execute(
        settings,
        "DROP TABLE host_command",
        "DELETE FROM flyway_schema_history WHERE installed_rank > 2");
    Catalog.open(settings).close();
    try (Connection connection = CatalogDatabase.connect(settings);
        ResultSet table =
            connection.getMetaData().getTables(settings.database(), null, "host_command", null)) {
      assertThat(table.next()).isTrue();
    }
  }

  /** Seen to catch checksums that are not Flyway's: every command would start it then. */
  @Test
  void tellsWithoutFlywayThatAllItsMigrationsAreApplied() throws Exception {
    CatalogSettings settings = CatalogDatabase.fresh();
    Catalog.open(settings).close();
    Map<String, Integer> recorded = new HashMap<>();
    try (Connection connection = CatalogDatabase.connect(settings);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT script, checksum FROM flyway_schema_history")) {
      while (rows.next()) {
        recorded.put(rows.getString(1), rows.getInt(2));
      }
    }
    assertThat(Migrations.checksums()).isEqualTo(recorded);
  }

  @Test
  void saysWhatTheServerAnsweredAndWorksAgainOnceThatIsMended() {
    CatalogSettings settings = CatalogDatabase.fresh();
    try (Catalog catalog = Catalog.open(settings)) {
      catalog.sectors().add(Sectors.empty());
      CatalogDatabase.execute(settings, "RENAME TABLE sector_piece TO sector_piece_away");
      assertThatThrownBy(() -> catalog.sectors().find(Sectors.empty().id()))
          .isInstanceOf(CatalogException.class)
          .hasMessageStartingWith("The catalog at " + settings.url() + " failed: ");
      CatalogDatabase.execute(settings, "RENAME TABLE sector_piece_away TO sector_piece");
      assertThat(catalog.sectors().find(Sectors.empty().id())).contains(Sectors.empty());
    }
  }

  /** As when MariaDB is restarted. Seen to catch a killed connection taken for a wrong query. */
  @Test
  void callsABrokenConnectionUnreachableAndConnectsAnew() throws SQLException {
    CatalogSettings settings = CatalogDatabase.fresh();
    try (Catalog catalog = Catalog.open(settings)) {
      List<CatalogException> met = new ArrayList<>();
      for (int round = 0; round < 5; round++) {
        catalog.check();
        killConnections(settings);
        for (boolean answered = false; !answered; ) {
          try {
            assertThat(catalog.threads().all()).isEmpty();
            answered = true;
          } catch (CatalogException e) {
            met.add(e);
          }
        }
      }
      assertThat(met)
          .isNotEmpty()
          .extracting(CatalogException::reason)
          .containsOnly(Reason.UNREACHABLE);
    }
  }

  private static void killConnections(CatalogSettings settings) throws SQLException {
    try (Connection connection = CatalogDatabase.connect(settings);
        Statement statement = connection.createStatement()) {
      List<Long> ids = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT id FROM information_schema.processlist"
                  + " WHERE db = DATABASE() AND id <> CONNECTION_ID()")) {
        while (rows.next()) {
          ids.add(rows.getLong("id"));
        }
      }
      for (long id : ids) {
        statement.execute("KILL " + id);
      }
    }
  }

  private static AbstractThrowableAssert<?, CatalogException> assertRefused(
      CatalogSettings settings, Reason reason) {
    CatalogException refusal =
        catchThrowableOfType(CatalogException.class, () -> Catalog.open(settings).close());
    assertThat(refusal.reason()).isEqualTo(reason);
    return assertThat(refusal);
  }
}
