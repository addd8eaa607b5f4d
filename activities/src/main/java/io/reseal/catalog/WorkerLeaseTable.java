package io.reseal.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the table {@code worker_lease}. */
@RegisterRowMapper(WorkerLeaseTable.HeldMapper.class)
interface WorkerLeaseTable {

  @SqlQuery(
      """
      SELECT *, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - renewed_at AS age
      FROM worker_lease WHERE host = :host
      """)
  Optional<WorkerLease.Held> find(@Bind("host") String host);

  @SqlUpdate(
      """
      REPLACE INTO worker_lease
        (host, holder, machine, kernel, process, started_at, renewed_at)
      VALUES
        (:host, :holder, :machine, :kernel, :process, :startedAt.toEpochMilli,
         CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))
      """)
  void replace(@BindMethods WorkerLease lease);

  @SqlQuery(
      """
      SELECT EXISTS (
        SELECT 1 FROM worker_lease l JOIN sealing_thread t ON t.host = l.host
        WHERE l.host <> :host AND t.plan = 'rebuild' AND NOT t.paused
          AND CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - l.renewed_at < :millis)
      """)
  boolean othersTakeRebuilds(@Bind("host") String host, @Bind("millis") long millis);

  @SqlUpdate("DELETE FROM worker_lease WHERE host = :host AND holder = :holder")
  void delete(@Bind("host") String host, @Bind("holder") String holder);

  /** Reads a row of {@code worker_lease} with its age. */
  final class HeldMapper implements RowMapper<WorkerLease.Held> {
    @Override
    public WorkerLease.Held map(ResultSet row, StatementContext context) throws SQLException {
      return new WorkerLease.Held(
          new WorkerLease(
              row.getString("host"),
              row.getString("holder"),
              row.getString("machine"),
              row.getString("kernel"),
              row.getLong("process"),
              Instant.ofEpochMilli(row.getLong("started_at"))),
          Duration.ofMillis(Math.max(0, row.getLong("age"))));
    }
  }
}
