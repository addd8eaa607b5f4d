package io.reseal.catalog;

import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the tables {@code rebuild_run} and {@code state_change}. */
@RegisterRowMapper(RunTable.RunMapper.class)
@RegisterRowMapper(RunTable.ChangeMapper.class)
interface RunTable {

  String FILTERED =
      """
      AND (:miner IS NULL OR miner = :miner)
      AND (:host IS NULL OR host = :host)
      AND (:state?.toString IS NULL OR state = :state?.toString)
      AND (:attention IS NULL OR (attention IS NOT NULL) = :attention)
      """;

  @SqlUpdate(
      """
      INSERT INTO rebuild_run (run_id, workflow_id, miner, number, state, host, thread_index,
        started_at, updated_at, last_seq, ended_at, attempts, batch, paused, attention, last_error, requested_by)
      VALUES (:runId, :workflowId, :sector.miner, :sector.number, :state.toString, :host,
        :threadIndex, :startedAt, :updatedAt, COALESCE(:seq, -1), :endedAt, :attempts, :batch, :paused, :attention,
        :lastError, :requestedBy)
      ON DUPLICATE KEY UPDATE run_id = VALUES(run_id)
      """)
  void insertUnlessThere(@BindMethods RunRecord run, @Bind("seq") Integer newestSeq);

  @SqlUpdate(
      """
      UPDATE rebuild_run
      SET state = :state.toString, host = :host, thread_index = :threadIndex,
        updated_at = :updatedAt, last_seq = GREATEST(last_seq, COALESCE(:seq, -1)),
        ended_at = :endedAt, attempts = :attempts, paused = :paused, attention = :attention,
        last_error = :lastError, error_noted_at = NULL, requested_by = :requestedBy
      WHERE run_id = :runId
        AND (updated_at < :updatedAt
          OR (updated_at = :updatedAt AND (:seq IS NULL OR last_seq < :seq)))
      """)
  void updateIfNewer(@BindMethods RunRecord run, @Bind("seq") Integer newestSeq);

  @SqlUpdate(
      """
      UPDATE rebuild_run SET last_error = :error, error_noted_at = :at
      WHERE run_id = :runId AND ended_at IS NULL
        AND (error_noted_at IS NULL OR error_noted_at <= :at)
      """)
  void noteError(@Bind("runId") String runId, @Bind("error") String error, @Bind("at") long at);

  @SqlUpdate(
      """
      UPDATE rebuild_run
      SET state = 'Aborted', ended_at = GREATEST(:at, updated_at),
        updated_at = GREATEST(:at, updated_at), last_seq = last_seq + 1, paused = NULL,
        attention = NULL, last_error = :why, error_noted_at = NULL
      WHERE run_id = :runId AND ended_at IS NULL
      """)
  int endFromOutside(@Bind("runId") String runId, @Bind("why") String why, @Bind("at") long at);

  @SqlUpdate(
      """
      INSERT INTO state_change (run_id, seq, state, at, step, host, thread_index, attempts,
        core_millis, note)
      SELECT run_id, last_seq, state, ended_at, 'ended from outside', host, thread_index, 0, 0, :why
      FROM rebuild_run WHERE run_id = :runId
      """)
  void insertEndFromOutside(@Bind("runId") String runId, @Bind("why") String why);

  @SqlBatch(
      """
      INSERT INTO state_change (run_id, seq, state, at, step, host, thread_index, attempts,
        started_at, ended_at, core_millis, note)
      VALUES (:runId, :seq, :state.toString, :at, :step, :host, :threadIndex, :attempts,
        :startedAt, :endedAt, :coreMillis, :note)
      ON DUPLICATE KEY UPDATE run_id = VALUES(run_id)
      """)
  void insertChangesUnlessThere(
      @Bind("runId") String runId, @BindMethods Iterable<StateChange> changes);

  @SqlQuery("SELECT * FROM rebuild_run WHERE run_id = :runId")
  Optional<RunRecord> find(@Bind("runId") String runId);

  @SqlQuery(
      """
      SELECT * FROM rebuild_run WHERE miner = :miner AND number = :number
      ORDER BY started_at DESC, updated_at DESC LIMIT 1
      """)
  Optional<RunRecord> latest(@BindMethods SectorId sector);

  @SqlQuery("SELECT * FROM state_change WHERE run_id = :runId ORDER BY seq")
  List<StateChange> changes(@Bind("runId") String runId);

  @SqlQuery(
      "SELECT * FROM rebuild_run WHERE ended_at IS NULL "
          + FILTERED
          + " ORDER BY started_at DESC, run_id")
  List<RunRecord> unfinished(@BindMethods RunFilter filter);

  @SqlQuery(
      "SELECT * FROM rebuild_run WHERE ended_at IS NOT NULL "
          + FILTERED
          + " ORDER BY ended_at DESC, run_id")
  List<RunRecord> ended(@BindMethods RunFilter filter);

  /** Reads a row of {@code rebuild_run}. */
  final class RunMapper implements RowMapper<RunRecord> {
    @Override
    public RunRecord map(ResultSet row, StatementContext context) throws SQLException {
      return new RunRecord(
          row.getString("run_id"),
          row.getString("workflow_id"),
          new SectorId(row.getLong("miner"), row.getLong("number")),
          RebuildState.parse(row.getString("state")),
          row.getString("host"),
          row.getObject("thread_index", Integer.class),
          row.getLong("started_at"),
          row.getLong("updated_at"),
          row.getObject("ended_at", Long.class),
          row.getInt("attempts"),
          row.getString("batch"),
          row.getString("paused"),
          row.getString("attention"),
          row.getString("last_error"),
          row.getString("requested_by"));
    }
  }

  /** Reads a row of {@code state_change}. */
  final class ChangeMapper implements RowMapper<StateChange> {
    @Override
    public StateChange map(ResultSet row, StatementContext context) throws SQLException {
      return new StateChange(
          row.getInt("seq"),
          RebuildState.parse(row.getString("state")),
          row.getLong("at"),
          row.getString("step"),
          row.getString("host"),
          row.getObject("thread_index", Integer.class),
          row.getInt("attempts"),
          row.getObject("started_at", Long.class),
          row.getObject("ended_at", Long.class),
          row.getLong("core_millis"),
          row.getString("note"));
    }
  }
}
