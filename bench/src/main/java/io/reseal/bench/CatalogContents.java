package io.reseal.bench;

import io.reseal.catalog.CatalogSettings;
import io.reseal.record.SectorRecord;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Plain SQL on the catalog's tables: reads their size and fills them with many rows. */
final class CatalogContents {

  /** State changes of a generated run: as many as a rebuild without failures has. */
  private static final int CHANGES = 12;

  private final CatalogSettings settings;

  CatalogContents(CatalogSettings settings) {
    this.settings = settings;
  }

  /** Bytes of all tables with their indexes, as reported by MariaDB after analysing each. */
  long bytes() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String table : List.of("sector", "sector_piece", "rebuild_run", "state_change")) {
        statement.execute("ANALYZE TABLE " + table);
      }
      try (ResultSet sum =
          statement.executeQuery(
              "SELECT SUM(data_length + index_length) FROM information_schema.tables"
                  + " WHERE table_schema = DATABASE()")) {
        sum.next();
        return sum.getLong(1);
      }
    }
  }

  /**
   * Adds copies of a sector under another miner, and a finished rebuild for each of the first ones.
   */
  void fill(long miner, SectorRecord like, int sectors, int finished) throws SQLException {
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      long model = like.id().miner();
      long number = like.id().number();
      update(
          connection,
          """
          INSERT INTO sector (miner, number, proof, ticket, ticket_epoch, seed, seed_epoch, comm_d,
            comm_r, source, record_json, created_at, updated_at)
          SELECT ?, seq, proof, ticket, ticket_epoch, seed, seed_epoch, comm_d, comm_r, source,
            record_json, created_at, updated_at
          FROM sector, seq_1_to_%d WHERE miner = ? AND number = ?
          """
              .formatted(sectors),
          miner,
          model,
          number);
      update(
          connection,
          """
          INSERT INTO sector_piece (miner, number, ordinal, cid, size, offset_bytes)
          SELECT ?, seq, ordinal, cid, size, offset_bytes
          FROM sector_piece, seq_1_to_%d WHERE miner = ? AND number = ?
          """
              .formatted(sectors),
          miner,
          model,
          number);
      update(
          connection,
          """
          INSERT INTO rebuild_run (run_id, workflow_id, miner, number, state, host, thread_index,
            started_at, updated_at, last_seq, ended_at, attempts, requested_by)
          SELECT UUID(), CONCAT('rebuild-f0', ?, '-', seq), ?, seq, 'Finished', 'bench-host',
            MOD(seq, 4), 1790000000000 + seq * 60000, 1790030000000 + seq * 60000, %d,
            1790030000000 + seq * 60000, 8, 'bench'
          FROM seq_1_to_%d
          """
              .formatted(CHANGES - 1, finished),
          miner,
          miner);
      update(
          connection,
          """
          INSERT INTO state_change (run_id, seq, state, at, step, host, thread_index, attempts,
            started_at, ended_at, core_millis, note)
          SELECT run_id, seq, 'Finished', started_at + seq * 2500000, 'PC1', host, thread_index, 1,
            started_at, started_at + 2400000, 2300000, 'CommR as recorded, 2 proofs verify'
          FROM rebuild_run, seq_0_to_%d WHERE miner = ?
          """
              .formatted(CHANGES - 1),
          miner);
      connection.commit();
    }
  }

  private static void update(Connection connection, String sql, long... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int index = 0; index < values.length; index++) {
        statement.setLong(index + 1, values[index]);
      }
      statement.executeUpdate();
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(settings.url(), settings.user(), settings.password());
  }
}
