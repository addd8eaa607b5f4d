package io.reseal.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the table {@code sealing_host}. */
@RegisterRowMapper(HostTable.HostMapper.class)
interface HostTable {

  /** Returns the database's clock, epoch milliseconds. */
  @SqlQuery(
      """
      INSERT INTO sealing_host
        (name, addresses, version, core, draining, clock_ahead, seen_at)
      VALUES
        (:name, :addresses, :version, :json, :draining, :clock?.ahead?.toMillis,
         :seenAt.toEpochMilli)
      ON DUPLICATE KEY UPDATE addresses = VALUES(addresses), version = VALUES(version),
        core = VALUES(core), draining = VALUES(draining), clock_ahead = VALUES(clock_ahead),
        seen_at = VALUES(seen_at)
      RETURNING
      """
          + DatabaseClock.NOW)
  long insertOrUpdate(@BindMethods HostRow host, @Bind("json") String core);

  @SqlUpdate("DELETE FROM sealing_host WHERE name = :name")
  void delete(@Bind("name") String name);

  @SqlUpdate("DELETE FROM sealing_thread WHERE host = :name")
  void deleteThreads(@Bind("name") String name);

  @SqlUpdate("DELETE FROM scratch WHERE host = :name")
  void deleteScratch(@Bind("name") String name);

  @SqlUpdate("DELETE FROM sealing_store WHERE host = :name")
  void deleteStores(@Bind("name") String name);

  @SqlQuery("SELECT * FROM sealing_host ORDER BY name")
  List<HostRow> all();

  /** Reads a row of {@code sealing_host}. */
  final class HostMapper implements RowMapper<HostRow> {
    @Override
    public HostRow map(ResultSet row, StatementContext context) throws SQLException {
      return new HostRow(
          row.getString("name"),
          row.getString("addresses"),
          row.getString("version"),
          HostRepository.core(row.getString("core")),
          row.getBoolean("draining"),
          clock(row.getObject("clock_ahead", Long.class)),
          Instant.ofEpochMilli(row.getLong("seen_at")));
    }

    private static ClockSkew clock(Long ahead) {
      return ahead == null ? null : new ClockSkew(Duration.ofMillis(ahead));
    }
  }
}
