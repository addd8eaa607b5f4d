package io.reseal.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Whether the catalog's user may change tables. A migration that fails half way for lack of a right
 * would leave tables that no version can use, so this is asked before the first one.
 */
final class DdlRights {

  /** MariaDB checks rights before it looks for the table, so that these change nothing. */
  private static final List<String> PROBES =
      List.of(
          "CREATE TABLE reseal_no_such_table_either LIKE reseal_no_such_table",
          "ALTER TABLE reseal_no_such_table ADD COLUMN x INT",
          "CREATE INDEX x ON reseal_no_such_table (x)",
          "DROP TABLE reseal_no_such_table");

  private static final Set<Integer> DENIED =
      Set.of(
          CatalogErrors.ACCESS_DENIED_TO_DATABASE,
          CatalogErrors.TABLE_ACCESS_DENIED,
          CatalogErrors.PRIVILEGE_NEEDED);

  private DdlRights() {}

  static boolean areGranted(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String probe : PROBES) {
        if (isDenied(statement, probe)) {
          return false;
        }
      }
      return true;
    }
  }

  private static boolean isDenied(Statement statement, String probe) {
    try {
      statement.execute(probe);
      return false;
    } catch (SQLException e) {
      return DENIED.contains(e.getErrorCode());
    }
  }
}
