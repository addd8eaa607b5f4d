package io.reseal.catalog;

import io.reseal.contract.ChangeKind;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.customizer.FetchSize;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the tables {@code rebuild_run} and {@code state_change}. */
@RegisterRowMapper(RunTable.RunMapper.class)
@RegisterRowMapper(RunTable.LineMapper.class)
@RegisterRowMapper(RunTable.ChangeMapper.class)
interface RunTable {

  /** Long lists are read as they are printed. */
  int ROWS_AT_A_TIME = 1000;

  /**
   * Open runs with their threads' progress and their places in the queue, in the order of request.
   */
  String OPEN =
      """
      WITH open_run AS (
        SELECT run.*, thread.progress, thread.seen_at, NULL AS on_chain,
          thread.host IS NULL AND run.attention IS NULL AND run.paused IS NULL AS queued
        FROM rebuild_run run LEFT JOIN sealing_thread thread
          ON thread.host = run.host AND thread.idx = run.thread_index
            AND thread.miner = run.miner AND thread.number = run.number
        WHERE run.ended_at IS NULL),
      line AS (
        SELECT open_run.*,
          IF(queued, ROW_NUMBER() OVER (PARTITION BY queued ORDER BY ordinal), NULL)
            AS place,
          IF(queued, SUM(queued) OVER (), NULL) AS waiting
        FROM open_run)
      SELECT * FROM line
      """;

  /** A reason begins with its failure's code. */
  @SqlQuery(
      """
      SELECT state, SUBSTRING_INDEX(attention, ':', 1) AS failure, COUNT(*) AS rebuilds,
        MIN(started_at) AS oldest
      FROM rebuild_run WHERE ended_at IS NULL GROUP BY 1, 2
      """)
  @RegisterConstructorMapper(OpenRebuilds.class)
  List<OpenRebuilds> countOpen();

  String ENDED =
      """
      SELECT run.*, NULL AS progress, NULL AS seen_at, NULL AS place, NULL AS waiting,
        (SELECT LOWER(seen.status) FROM followed_sector seen
          WHERE seen.miner = run.miner AND seen.number = run.number
            AND seen.seen_at >= run.ended_at) AS on_chain
      FROM rebuild_run run WHERE ended_at IS NOT NULL
      """;

  String FILTER =
      """
      (:miner IS NULL OR miner = :miner)
      AND (:host IS NULL OR host = :host)
      AND (:state?.toString IS NULL OR state = :state?.toString)
      AND (:batch IS NULL OR batch = :batch)
      AND (:attention IS NULL OR (attention IS NOT NULL) = :attention)
      """;

  @SqlUpdate(
      """
      INSERT INTO rebuild_run (run_id, workflow_id, miner, number, state, host, thread_index,
        started_at, updated_at, last_seq, ended_at, attempts, batch, paused, attention, last_error, requested_by,
        current_run_id, only_unsealed)
      VALUES (:runId, :workflowId, :sector.miner, :sector.number, :state.toString, :host,
        :threadIndex, :startedAt, :updatedAt, COALESCE(:seq, -1), :endedAt, :attempts, :batch, :paused, :attention,
        :lastError, :requestedBy, :currentRunId, :onlyUnsealed)
      ON DUPLICATE KEY UPDATE run_id = VALUES(run_id)
      """)
  void insertUnlessThere(@BindMethods RunRecord run, @Bind("seq") Integer newestSeq);

  @SqlUpdate(
      """
      UPDATE rebuild_run
      SET state = :state.toString, host = :host, thread_index = :threadIndex,
        updated_at = :updatedAt, last_seq = GREATEST(last_seq, COALESCE(:seq, -1)),
        ended_at = :endedAt, attempts = :attempts, paused = :paused, attention = :attention,
        last_error = :lastError, error_noted_at = NULL, requested_by = :requestedBy,
        current_run_id = :currentRunId
      WHERE run_id = :runId AND IF(:seq IS NULL, ended_at IS NULL, last_seq < :seq)
      """)
  void updateIfNewer(@BindMethods RunRecord run, @Bind("seq") Integer newestSeq);

  @SqlUpdate("UPDATE rebuild_run SET temporal = :temporal WHERE run_id = :runId")
  void isIn(@Bind("runId") String runId, @Bind("temporal") String temporal);

  @SqlQuery("SELECT temporal FROM rebuild_run WHERE run_id = :runId AND temporal IS NOT NULL")
  Optional<String> temporalOf(@Bind("runId") String runId);

  @SqlQuery(
      """
      SELECT temporal FROM rebuild_run WHERE batch = :batch AND temporal IS NOT NULL
      ORDER BY ordinal DESC LIMIT 1
      """)
  Optional<String> temporalOfBatch(@Bind("batch") String batch);

  @SqlQuery(
      "SELECT DISTINCT temporal FROM rebuild_run WHERE ended_at IS NULL AND temporal IS NOT NULL")
  List<String> temporalsOfUnfinished();

  @SqlUpdate(
      """
      UPDATE rebuild_run SET last_error = :error, error_noted_at = :at
      WHERE (run_id = :runId OR current_run_id = :runId) AND ended_at IS NULL
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
        core_millis, note, kind)
      SELECT run_id, last_seq, state, ended_at, :kind, host, thread_index, 0, 0, :why, :kind
      FROM rebuild_run WHERE run_id = :runId
      """)
  void insertEnd(@Bind("runId") String runId, @Bind("kind") String kind, @Bind("why") String why);

  @SqlBatch(
      """
      INSERT INTO state_change (run_id, seq, state, at, step, host, thread_index, attempts,
        started_at, ended_at, core_millis, note, kind)
      VALUES (:runId, :seq, :state.toString, :at, :step, :host, :threadIndex, :attempts,
        :startedAt, :endedAt, :coreMillis, :note, :kind.toString)
      ON DUPLICATE KEY UPDATE run_id = VALUES(run_id)
      """)
  void insertChangesUnlessThere(
      @Bind("runId") String runId, @BindMethods Iterable<StateChange> changes);

  @SqlQuery("SELECT * FROM rebuild_run WHERE run_id = :runId OR current_run_id = :runId")
  Optional<RunRecord> find(@Bind("runId") String runId);

  @SqlQuery(
      """
      SELECT * FROM rebuild_run WHERE miner = :miner AND number = :number
      ORDER BY ordinal DESC LIMIT 1
      """)
  Optional<RunRecord> latest(@BindMethods SectorId sector);

  @SqlQuery("SELECT * FROM state_change WHERE run_id = :runId ORDER BY seq")
  List<StateChange> changes(@Bind("runId") String runId);

  @SqlQuery(
      "SELECT * FROM rebuild_run WHERE miner = :miner AND number = :number"
          + " ORDER BY ordinal DESC")
  List<RunRecord> ofSector(@BindMethods SectorId sector);

  @SqlQuery(OPEN + " WHERE " + FILTER + " ORDER BY ordinal DESC")
  @FetchSize(ROWS_AT_A_TIME)
  void unfinished(@BindMethods RunFilter filter, Consumer<RebuildLine> lines);

  @SqlQuery(ENDED + " AND " + FILTER + " ORDER BY ended_at DESC, run_id")
  @FetchSize(ROWS_AT_A_TIME)
  void ended(@BindMethods RunFilter filter, Consumer<RebuildLine> lines);

  @SqlQuery(OPEN + " WHERE run_id = :runId")
  Optional<RebuildLine> unfinished(@Bind("runId") String runId);

  @SqlQuery(
      """
      SELECT STRAIGHT_JOIN done.ended_at - done.started_at
      FROM state_change done FORCE INDEX (state_change_of_host)
        JOIN rebuild_run run ON run.run_id = done.run_id
        JOIN sector ON sector.miner = run.miner AND sector.number = run.number
      WHERE done.host = :host AND done.step = :step AND sector.proof = :proof
        AND done.started_at IS NOT NULL AND done.ended_at IS NOT NULL
      ORDER BY done.at DESC LIMIT :most
      """)
  List<Long> newestMillis(
      @Bind("host") String host,
      @Bind("step") String step,
      @Bind("proof") String proof,
      @Bind("most") int most);

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
          row.getString("requested_by"),
          row.getString("current_run_id"),
          row.getBoolean("only_unsealed"));
    }
  }

  /** Reads a row of {@code rebuild_run} with its thread's progress and its place in the queue. */
  final class LineMapper implements RowMapper<RebuildLine> {
    @Override
    public RebuildLine map(ResultSet row, StatementContext context) throws SQLException {
      Long seenAt = row.getObject("seen_at", Long.class);
      return new RebuildLine(
          new RunMapper().map(row, context),
          row.getString("progress"),
          seenAt == null ? null : Instant.ofEpochMilli(seenAt),
          row.getObject("place", Integer.class),
          row.getObject("waiting", Integer.class),
          row.getString("on_chain"));
    }
  }

  /** Reads a row of {@code state_change}. */
  final class ChangeMapper implements RowMapper<StateChange> {
    @Override
    public StateChange map(ResultSet row, StatementContext context) throws SQLException {
      String kind = row.getString("kind");
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
          row.getString("note"),
          kind == null ? null : ChangeKind.parse(kind));
    }
  }
}
