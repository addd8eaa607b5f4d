package io.reseal.catalog;

import io.reseal.catalog.CatalogException.Reason;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/**
 * Decides whether this program works with the tables, and migrates them. Migrations add only, so
 * that the version before works with the tables too; one that removes something is marked by its
 * name, and versions that do not have it refuse the tables.
 */
final class CatalogSchema {

  /** Flyway's table. */
  private static final String HISTORY = "flyway_schema_history";

  private final DataSource database;
  private final CatalogErrors errors;
  private final CatalogSettings settings;

  CatalogSchema(DataSource database, CatalogErrors errors, CatalogSettings settings) {
    this.database = database;
    this.errors = errors;
    this.settings = settings;
  }

  /**
   * The version of the tables and the version that this program works with.
   *
   * @param present the newest version that was applied, or empty
   * @param wanted the newest version that this program has
   * @param newer whether a newer program has migrated them
   */
  record Versions(Optional<String> present, String wanted, boolean newer) {}

  /** Reads the versions; changes nothing. */
  Versions versions() {
    try {
      Flyway flyway = flyway();
      MigrationInfo current = flyway.info().current();
      return new Versions(
          Optional.ofNullable(current).map(migration -> migration.getVersion().toString()),
          Migrations.newest(),
          newerMigration(flyway).isPresent());
    } catch (FlywayException e) {
      throw explain(e);
    }
  }

  private Flyway flyway() {
    return Flyway.configure()
        .dataSource(database)
        .locations("classpath:" + Migrations.FOLDER)
        .load();
  }

  /**
   * Refuses tables that this program cannot work with, and migrates nothing, because workers of an
   * older version may be running. Makes the tables in an empty database.
   */
  void requireUsable() {
    if (isCurrent()) {
      return;
    }
    Versions versions = versions();
    if (versions.present().isEmpty()) {
      bringUpToDate();
    } else {
      refuseDamaged();
      throw new CatalogException(
          Reason.SCHEMA,
          "The catalog at %s has schema %s, and this Reseal needs %s: start a worker of this version or run 'reseal catalog upgrade', which update it, or use the older Reseal."
              .formatted(settings.shownUrl(), versions.present().get(), versions.wanted()),
          null);
    }
  }

  /** Reports a newer program's tables, other tables, and failed or foreign migrations. */
  private void refuseDamaged() {
    try {
      Flyway flyway = flyway();
      newerMigration(flyway).ifPresent(this::refuseNewer);
      Flyway.configure()
          .configuration(flyway.getConfiguration())
          .ignoreMigrationPatterns("*:pending", "*:future")
          .load()
          .validate();
    } catch (FlywayException e) {
      throw explain(e);
    }
  }

  /** Flyway is skipped if there is nothing to do: starting it takes longer than most commands. */
  void bringUpToDate() {
    if (isCurrent()) {
      return;
    }
    try {
      Flyway flyway = flyway();
      newerMigration(flyway).ifPresent(this::refuseNewer);
      refuseWithoutRights();
      flyway.migrate();
    } catch (FlywayException e) {
      throw explain(e);
    }
  }

  private void refuseWithoutRights() {
    try {
      if (!DdlRights.areGranted(database)) {
        throw new CatalogException(
            Reason.SCHEMA,
            "The tables of the catalog at %s are missing or older than this Reseal, and user '%s' may not change them: run 'reseal catalog upgrade' as the user that may (its help says how), then repeat this."
                .formatted(settings.shownUrl(), settings.user()),
            null);
      }
    } catch (SQLException e) {
      throw errors.explain(e);
    }
  }

  /**
   * Whether all of this program's migrations have been applied to their end, and of other ones only
   * such that add something.
   */
  private boolean isCurrent() {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      return isThere(statement) && isUsable(applied(statement), Migrations.checksums());
    } catch (SQLException | IOException e) {
      // Flyway meets the same error, and reports it.
      return false;
    }
  }

  private static boolean isUsable(Map<String, Integer> applied, Map<String, Integer> own) {
    Map<String, Integer> others = new HashMap<>(applied);
    others.keySet().removeAll(own.keySet());
    return applied.entrySet().containsAll(own.entrySet())
        && !others.containsValue(null)
        && others.keySet().stream().noneMatch(Migrations::removes);
  }

  private static boolean isThere(Statement statement) throws SQLException {
    try (ResultSet table = statement.executeQuery("SHOW TABLES LIKE '" + HISTORY + "'")) {
      return table.next();
    }
  }

  private static Map<String, Integer> applied(Statement statement) throws SQLException {
    Map<String, Integer> checksums = new HashMap<>();
    try (ResultSet rows =
        statement.executeQuery("SELECT script, IF(success, checksum, NULL) FROM " + HISTORY)) {
      while (rows.next()) {
        checksums.put(rows.getString(1), rows.getObject(2, Integer.class));
      }
    }
    return checksums;
  }

  private static Optional<MigrationInfo> newerMigration(Flyway flyway) {
    return Arrays.stream(flyway.info().all())
        .filter(migration -> migration.getState() == MigrationState.FUTURE_SUCCESS)
        .filter(migration -> Migrations.removes(migration.getScript()))
        .reduce((older, newer) -> newer);
  }

  private void refuseNewer(MigrationInfo migration) {
    throw new CatalogException(
        Reason.SCHEMA,
        "The catalog at %s has schema %s, made by a newer Reseal: use that one."
            .formatted(settings.shownUrl(), migration.getVersion()),
        null);
  }

  private CatalogException explain(FlywayException e) {
    if (e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
      return new CatalogException(
          Reason.SCHEMA,
          "Database '%s' at %s holds other tables: give Reseal its own database."
              .formatted(settings.database(), settings.shownUrl()),
          e);
    }
    CatalogException explained = errors.explain(e);
    return explained.reason() == Reason.FAILED
        ? new CatalogException(
            Reason.SCHEMA,
            "The tables of the catalog at %s could not be brought up to date (%s): restore the database from its backup, or start with an empty one."
                .formatted(settings.shownUrl(), e.getMessage().lines().findFirst().orElse("")),
            e)
        : explained;
  }
}
