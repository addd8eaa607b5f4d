package io.reseal.catalog;

import java.util.List;

/**
 * What a database administrator runs to give Reseal three users: one that workers and commands run
 * as, which cannot change a table's layout, one that brings the tables up to date, and one for
 * people who only look.
 *
 * @param database the catalog's database
 * @param from the machines that the users may connect from, as MariaDB writes them, e.g. {@code %}
 * @param user the user that runs
 * @param upgradeUser the user that upgrades
 * @param readUser the user that reads
 */
public record CatalogGrants(
    String database, String from, String user, String upgradeUser, String readUser) {

  private static final String READING = "SELECT";
  private static final String RUNNING = "SELECT, INSERT, UPDATE, DELETE";
  private static final String UPGRADING = RUNNING + ", CREATE, ALTER, DROP, INDEX, REFERENCES";

  /**
   * The lines, which are valid SQL: the users themselves are in comments, as they need passwords.
   */
  public List<String> lines() {
    return List.of(
        "-- Workers and commands run as this user. Create it first, with a password of your own:",
        "-- CREATE USER %s IDENTIFIED BY 'PASSWORD';".formatted(account(user)),
        grant(RUNNING, user),
        "-- 'reseal catalog upgrade' runs as this user. Create it first, with another password:",
        "-- CREATE USER %s IDENTIFIED BY 'PASSWORD';".formatted(account(upgradeUser)),
        grant(UPGRADING, upgradeUser),
        "-- Commands of people who only look run as this user. Create it first, if you want it:",
        "-- CREATE USER %s IDENTIFIED BY 'PASSWORD';".formatted(account(readUser)),
        grant(READING, readUser));
  }

  private String grant(String rights, String grantee) {
    return "GRANT %s ON %s.* TO %s;".formatted(rights, databasePattern(), account(grantee));
  }

  /** In a grant, {@code _} and {@code %} stand for any characters unless they are escaped. */
  private String databasePattern() {
    return "`" + database.replaceAll("[_%]", "\\\\$0").replace("`", "``") + "`";
  }

  private String account(String name) {
    return quoted(name) + "@" + quoted(from);
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
