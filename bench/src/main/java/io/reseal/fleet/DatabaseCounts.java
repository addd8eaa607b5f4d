package io.reseal.fleet;

import io.reseal.catalog.CatalogSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Plain SQL on the catalog's server, on a connection of its own. */
final class DatabaseCounts implements AutoCloseable {

  private final Connection connection;

  DatabaseCounts(CatalogSettings settings) throws SQLException {
    this.connection =
        DriverManager.getConnection(settings.url(), settings.user(), settings.password());
  }

  long number(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** One of the server's own counters. */
  long status(String counter) throws SQLException {
    return number(
        "SELECT variable_value FROM information_schema.global_status WHERE variable_name = '%s'"
            .formatted(counter));
  }

  /** Bytes of all tables with their indexes. */
  long bytes() throws SQLException {
    for (String table : List.of("rebuild_run", "state_change", "batch_sector")) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("ANALYZE TABLE " + table);
      }
    }
    return number(
        "SELECT SUM(data_length + index_length) FROM information_schema.tables"
            + " WHERE table_schema = DATABASE()");
  }

  /** Adds copies of a sector under the numbers from one to another. */
  void copySector(long miner, long like, int from, int to) throws SQLException {
    if (from > to) {
      return;
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO sector (miner, number, proof, ticket, ticket_epoch, comm_d, comm_r,
              source, created_at, updated_at)
            SELECT miner, seq, proof, ticket, ticket_epoch, comm_d, comm_r, source, created_at,
              updated_at
            FROM sector, seq_%d_to_%d WHERE miner = ? AND number = ?
            """
                .formatted(from, to))) {
      insert.setLong(1, miner);
      insert.setLong(2, like);
      insert.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
