package io.reseal.catalog;

import io.reseal.sector.SectorId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindList;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the table {@code sealing_thread}. */
@RegisterRowMapper(ThreadTable.ThreadMapper.class)
interface ThreadTable {

  @SqlBatch(
      """
      INSERT INTO sealing_thread (host, idx, location, plan, miner, number, paused, paused_since,
        faulted, state, last_err, progress, label_cpu, label_layer, label_layers, seen_at)
      VALUES (:host, :index, :location, :plan, :sector?.miner, :sector?.number, :paused,
        :pausedSince?.toEpochMilli, :faulted, :state, :lastErr, :progress, :labelling?.cpu,
        :labelling?.layer, :labelling?.layers, :seenAt.toEpochMilli)
      ON DUPLICATE KEY UPDATE location = VALUES(location), plan = VALUES(plan),
        miner = VALUES(miner), number = VALUES(number), paused = VALUES(paused),
        paused_since = VALUES(paused_since), faulted = VALUES(faulted), state = VALUES(state), last_err = VALUES(last_err),
        progress = VALUES(progress), label_cpu = VALUES(label_cpu),
        label_layer = VALUES(label_layer), label_layers = VALUES(label_layers),
        seen_at = VALUES(seen_at)
      """)
  void insertOrUpdate(@BindMethods Iterable<ThreadRow> threads);

  @SqlUpdate("DELETE FROM sealing_thread WHERE host = :host AND idx NOT IN (<kept>)")
  void deleteOthers(@Bind("host") String host, @BindList("kept") List<Integer> kept);

  @SqlUpdate("DELETE FROM sealing_thread WHERE host = :host")
  void deleteAll(@Bind("host") String host);

  @SqlQuery("SELECT * FROM sealing_thread WHERE host = :host ORDER BY idx")
  List<ThreadRow> ofHost(@Bind("host") String host);

  @SqlQuery("SELECT * FROM sealing_thread ORDER BY host, idx")
  List<ThreadRow> all();

  /** Reads a row of {@code sealing_thread}. */
  final class ThreadMapper implements RowMapper<ThreadRow> {
    @Override
    public ThreadRow map(ResultSet row, StatementContext context) throws SQLException {
      Long miner = row.getObject("miner", Long.class);
      Long pausedSince = row.getObject("paused_since", Long.class);
      Integer labelCpu = row.getObject("label_cpu", Integer.class);
      return new ThreadRow(
          row.getString("host"),
          row.getInt("idx"),
          row.getString("location"),
          row.getString("plan"),
          miner == null ? null : new SectorId(miner, row.getLong("number")),
          row.getBoolean("paused"),
          pausedSince == null ? null : Instant.ofEpochMilli(pausedSince),
          row.getBoolean("faulted"),
          row.getString("state"),
          row.getString("last_err"),
          row.getString("progress"),
          labelCpu == null
              ? null
              : new ThreadRow.Labelling(
                  labelCpu, row.getInt("label_layer"), row.getInt("label_layers")),
          Instant.ofEpochMilli(row.getLong("seen_at")));
    }
  }
}
