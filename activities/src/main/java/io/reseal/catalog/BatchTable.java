package io.reseal.catalog;

import io.reseal.contract.BatchSector;
import io.reseal.contract.BatchState;
import io.reseal.contract.OnChain;
import io.reseal.contract.StateChange;
import io.reseal.losses.Verdict;
import io.reseal.plan.UnsealedWish;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.sql.ResultSet;
import java.sql.SQLException;
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
import org.jdbi.v3.sqlobject.statement.BatchChunkSize;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the tables {@code batch} and {@code batch_sector}. */
@RegisterRowMapper(BatchTable.BatchMapper.class)
@RegisterRowMapper(BatchTable.SectorMapper.class)
@RegisterRowMapper(BatchTable.OutcomeMapper.class)
@RegisterRowMapper(BatchTable.ChangeMapper.class)
@RegisterRowMapper(BatchTable.IdMapper.class)
@RegisterRowMapper(BatchTable.LossMapper.class)
@RegisterConstructorMapper(BatchTable.Tally.class)
interface BatchTable {

  /** The ordinal of the newest run of all. */
  String LAST_RUN = "(SELECT COALESCE(MAX(newest.ordinal), 0) FROM rebuild_run newest)";

  /**
   * The ordinal of the run that counts for a sector {@code s} of a batch {@code b}: of the newest
   * one that ran during the batch. Ordinals are compared, because clocks may jump. An index has all
   * that this looks at.
   */
  String NEWEST_RUN =
      """
      (SELECT x.ordinal FROM rebuild_run x
        WHERE x.miner = s.miner AND x.number = s.number AND x.ordinal > s.after_run
          AND x.ordinal <= COALESCE(b.last_run, 9223372036854775807)
        ORDER BY x.ordinal DESC LIMIT 1)
      """;

  /** The sectors of a batch, {@code s}; to be followed by further conditions and WITH_RUNS. */
  String SECTORS =
      """
      FROM (SELECT s.ordinal, s.miner, s.number, s.priority,
      """
          + NEWEST_RUN
          + " AS run FROM batch b JOIN batch_sector s ON s.batch = b.name WHERE b.name = :name";

  /**
   * Their runs, {@code r}, if any. The limit limits nothing, but keeps the server from searching
   * for the newest run of a sector again wherever it is used.
   */
  String WITH_RUNS =
      """
       LIMIT 18446744073709551615) s LEFT JOIN rebuild_run r ON r.ordinal = s.run
      """;

  @SqlUpdate(
      "INSERT INTO batch (name, sectors, parallel, host, prove, force_seal, urgent, unsealed,"
          + " by_cost, insist, requested_by, started_at, updated_at, state) VALUES (:name,"
          + " :sectors, :parallel, :host, :prove, :force, :urgent, :unsealed, :byCost, :insist,"
          + " :requestedBy, "
          + DatabaseClock.NOW
          + ", "
          + DatabaseClock.NOW
          + ", :state.toString)")
  void insert(@BindMethods BatchRecord batch);

  @SqlBatch(
      """
      INSERT INTO batch_sector (batch, ordinal, miner, number, after_run)
      VALUES (:batch, :ordinal, :miner, :number,
        (SELECT COALESCE(MAX(r.ordinal), 0) FROM rebuild_run r
         WHERE r.miner = :miner AND r.number = :number AND r.ended_at IS NOT NULL))
      """)
  @BatchChunkSize(1000)
  void insertSectors(
      @Bind("batch") String batch,
      @Bind("ordinal") Iterable<Integer> ordinals,
      @BindMethods Iterable<SectorId> sectors);

  @SqlBatch(
      """
      INSERT INTO batch_loss
        (batch, miner, number, scanned_at, verdict, lost, size, has_data, deadline,
        partition_index, whole_by, fault_at, period, last_chance, expires_at, planned_at, pledge,
        fault_fee, day_reward, termination_fee)
      VALUES
        (:batch, :sector.miner, :sector.number, :scannedAt, :verdict, :lost, :size, :hasData,
        :deadline, :partition, :wholeBy, :faultAt, :period, :lastChance, :expiresAt, :plannedAt,
        :pledge.toString, :faultFee.toString, :dayReward.toString, :terminationFee.toString)
      """)
  @BatchChunkSize(1000)
  void insertLosses(@Bind("batch") String batch, @BindMethods Iterable<BatchLoss> losses);

  @SqlQuery("SELECT * FROM batch_loss WHERE batch = :name")
  List<BatchLoss> losses(@Bind("name") String name);

  @SqlUpdate(
      "UPDATE batch SET state = 'starting', settled = 0, parallel = :parallel, insist = :insist,"
          + " requested_by = :requestedBy, ended_at = NULL, last_run = NULL, note = NULL,"
          + " updated_at = "
          + DatabaseClock.NOW
          + " WHERE name = :name")
  void restart(@BindMethods BatchRecord batch);

  @SqlUpdate(
      "UPDATE batch SET state = :state, note = :note, updated_at = "
          + DatabaseClock.NOW
          + ", ended_at = IF(:ended, COALESCE(ended_at, "
          + DatabaseClock.NOW
          + "), NULL), last_run = IF(:ended, COALESCE(last_run, "
          + LAST_RUN
          + "), NULL) WHERE name = :name")
  void become(
      @Bind("name") String name,
      @Bind("state") String state,
      @Bind("ended") boolean ended,
      @Bind("note") String note);

  @SqlUpdate(
      "UPDATE batch SET state = :state, note = :note, updated_at = "
          + DatabaseClock.NOW
          + ", ended_at = "
          + DatabaseClock.NOW
          + ", last_run = "
          + LAST_RUN
          + " WHERE name = :name AND state IN ('running', 'paused')")
  int endIfWorking(
      @Bind("name") String name, @Bind("state") String state, @Bind("note") String note);

  @SqlQuery("SELECT * FROM batch WHERE name = :name")
  Optional<BatchRecord> find(@Bind("name") String name);

  @SqlQuery("SELECT * FROM batch ORDER BY started_at DESC, name")
  List<BatchRecord> list();

  @SqlQuery("SELECT * FROM batch WHERE state IN ('running', 'paused') ORDER BY started_at, name")
  List<BatchRecord> working();

  @SqlQuery(
      """
      SELECT b.name FROM batch_sector s JOIN batch b ON b.name = s.batch
      WHERE s.miner = :miner AND s.number = :number AND b.ended_at IS NULL
      """)
  List<String> openOf(@BindMethods SectorId sector);

  @SqlQuery("SELECT miner, number FROM batch_sector WHERE batch = :name ORDER BY ordinal")
  List<SectorId> sectors(@Bind("name") String name);

  /** When the last sectors of a batch were finished, the newest first. */
  @SqlQuery(
      """
      SELECT STRAIGHT_JOIN r.ended_at
      FROM batch b JOIN rebuild_run r FORCE INDEX (rebuild_run_by_end)
        JOIN batch_sector s ON s.batch = b.name AND s.miner = r.miner AND s.number = r.number
      WHERE b.name = :name AND r.state = 'Finished' AND r.ended_at IS NOT NULL
        AND r.ordinal > s.after_run AND r.ordinal <= COALESCE(b.last_run, 9223372036854775807)
      ORDER BY r.ended_at DESC LIMIT :count
      """)
  List<Long> lastEnds(@Bind("name") String name, @Bind("count") int count);

  @SqlQuery("SELECT DISTINCT miner FROM batch_sector WHERE batch = :name ORDER BY miner")
  List<Long> miners(@Bind("name") String name);

  /** The first ordinal whose sector may still change its place; locks the batch. */
  @SqlQuery("SELECT settled FROM batch WHERE name = :name FOR UPDATE")
  Optional<Integer> settled(@Bind("name") String name);

  @SqlQuery("SELECT settled FROM batch WHERE name = :name")
  Optional<Integer> settledNow(@Bind("name") String name);

  @SqlBatch(
      "UPDATE batch_sector SET priority = :priority WHERE batch = :batch AND miner = :miner AND"
          + " number = :number")
  @BatchChunkSize(1000)
  void prioritize(
      @Bind("batch") String batch,
      @Bind("priority") Iterable<Integer> priorities,
      @BindMethods Iterable<SectorId> sectors);

  @SqlUpdate("UPDATE batch SET settled = GREATEST(settled, :to) WHERE name = :name")
  void settle(@Bind("name") String name, @Bind("to") int to);

  @SqlQuery(
      "SELECT miner, number FROM batch_sector WHERE batch = :name AND ordinal >= :from"
          + " ORDER BY ordinal")
  List<SectorId> sectorsFrom(@Bind("name") String name, @Bind("from") int from);

  /** Makes room for other ordinals, each of which exists once. */
  @SqlUpdate(
      "UPDATE batch_sector SET ordinal = -1 - ordinal WHERE batch = :name AND ordinal >= :from")
  void clearOrdinals(@Bind("name") String name, @Bind("from") int from);

  @SqlBatch(
      "UPDATE batch_sector SET ordinal = :ordinal WHERE batch = :batch AND miner = :miner AND"
          + " number = :number")
  @BatchChunkSize(1000)
  void place(
      @Bind("batch") String batch,
      @Bind("ordinal") Iterable<Integer> ordinals,
      @BindMethods Iterable<SectorId> sectors);

  @SqlQuery(
      "SELECT s.miner, s.number, s.priority, p.proof, r.state = 'Finished' AND r.ended_at IS NOT"
          + " NULL AS finished "
          + SECTORS
          + " AND s.ordinal >= :from AND s.ordinal < :from + :count"
          + WITH_RUNS
          + " LEFT JOIN sector p ON p.miner = s.miner AND p.number = s.number"
          + " ORDER BY s.ordinal")
  List<BatchSector> page(
      @Bind("name") String name, @Bind("from") int from, @Bind("count") int count);

  @SqlQuery(
      "SELECT s.ordinal, s.miner AS of_miner, s.number AS of_number, r.* "
          + SECTORS
          + WITH_RUNS
          + " ORDER BY s.ordinal")
  List<BatchOutcome> outcomes(@Bind("name") String name);

  @SqlQuery(
      "SELECT s.ordinal, s.miner AS of_miner, s.number AS of_number, r.* "
          + SECTORS
          + " AND s.miner = :miner AND s.number = :number"
          + WITH_RUNS)
  Optional<BatchOutcome> outcome(@Bind("name") String name, @BindMethods SectorId sector);

  /** Its sectors whose rebuilds have begun and have not ended. */
  @SqlQuery(
      "SELECT s.ordinal, s.miner AS of_miner, s.number AS of_number, r.*"
          + " FROM batch b JOIN rebuild_run r"
          + " JOIN batch_sector s ON s.batch = b.name AND s.miner = r.miner AND s.number = r.number"
          + " WHERE b.name = :name AND r.ended_at IS NULL AND r.ordinal = "
          + NEWEST_RUN
          + " ORDER BY s.ordinal")
  List<BatchOutcome> open(@Bind("name") String name);

  /** Its sectors whose rebuilds have not begun. */
  @SqlQuery(
      "SELECT s.miner, s.number " + SECTORS + WITH_RUNS + " WHERE s.run IS NULL ORDER BY s.ordinal")
  List<SectorId> queued(@Bind("name") String name);

  /** What was seen on the chain before a rebuild ended is about an earlier one. */
  @SqlQuery(
      "SELECT CASE WHEN r.run_id IS NULL THEN 'QUEUED'"
          + " WHEN r.ended_at IS NOT NULL THEN IF(r.state = 'Finished', 'FINISHED', 'DROPPED')"
          + " WHEN r.attention IS NOT NULL OR r.paused IS NOT NULL THEN 'PARKED'"
          + " ELSE 'RUNNING' END AS kind, f.status, COUNT(*) AS sectors "
          + SECTORS
          + WITH_RUNS
          + " LEFT JOIN followed_sector f ON f.miner = s.miner AND f.number = s.number"
          + "   AND f.seen_at >= r.ended_at AND r.state = 'Finished'"
          + " GROUP BY kind, f.status")
  List<Tally> tallies(@Bind("name") String name);

  @SqlQuery(
      "SELECT c.*, r.run_id AS of_run "
          + SECTORS
          + WITH_RUNS
          + " JOIN state_change c ON c.run_id = r.run_id ORDER BY s.ordinal, c.seq")
  List<ChangeOfRun> changes(@Bind("name") String name);

  @SqlQuery(
      "SELECT c.*, r.run_id AS of_run "
          + SECTORS
          + WITH_RUNS
          + " JOIN state_change c ON c.run_id = r.run_id")
  @FetchSize(RunTable.ROWS_AT_A_TIME)
  void eachChange(@Bind("name") String name, Consumer<ChangeOfRun> taker);

  @SqlQuery("SELECT number FROM sector WHERE miner = :miner AND number BETWEEN :from AND :to")
  List<Long> known(@Bind("miner") long miner, @Bind("from") long from, @Bind("to") long to);

  /**
   * How many sectors of a batch are of a kind, and, if they are finished, have a status on the
   * chain since then, or null: were not seen.
   */
  record Tally(BatchOutcome.Kind kind, OnChain.Status status, int sectors) {}

  /** A state change and the run it belongs to. */
  record ChangeOfRun(String runId, StateChange change) {}

  /** Reads a row of {@code batch}. */
  final class BatchMapper implements RowMapper<BatchRecord> {
    @Override
    public BatchRecord map(ResultSet row, StatementContext context) throws SQLException {
      return new BatchRecord(
          row.getString("name"),
          row.getInt("sectors"),
          row.getInt("parallel"),
          row.getString("host"),
          row.getBoolean("prove"),
          row.getBoolean("force_seal"),
          row.getBoolean("urgent"),
          row.getString("unsealed") == null
              ? null
              : UnsealedWish.valueOf(row.getString("unsealed")),
          row.getBoolean("by_cost"),
          row.getBoolean("insist"),
          row.getString("requested_by"),
          row.getLong("started_at"),
          row.getObject("ended_at", Long.class),
          BatchState.parse(row.getString("state")),
          row.getString("note"));
    }
  }

  /** Reads a sector before its turn. */
  final class SectorMapper implements RowMapper<BatchSector> {
    @Override
    public BatchSector map(ResultSet row, StatementContext context) throws SQLException {
      String proof = row.getString("proof");
      return new BatchSector(
          new SectorId(row.getLong("miner"), row.getLong("number")),
          proof == null ? null : SealProof.ofName(proof),
          row.getBoolean("finished"),
          row.getObject("priority", Integer.class));
    }
  }

  /** Reads a sector with its run. */
  final class OutcomeMapper implements RowMapper<BatchOutcome> {

    private final RunTable.RunMapper runs = new RunTable.RunMapper();

    @Override
    public BatchOutcome map(ResultSet row, StatementContext context) throws SQLException {
      return new BatchOutcome(
          row.getInt("ordinal"),
          new SectorId(row.getLong("of_miner"), row.getLong("of_number")),
          row.getString("run_id") == null ? null : runs.map(row, context));
    }
  }

  /** Reads a state change with its run's id. */
  final class ChangeMapper implements RowMapper<ChangeOfRun> {

    private final RunTable.ChangeMapper changes = new RunTable.ChangeMapper();

    @Override
    public ChangeOfRun map(ResultSet row, StatementContext context) throws SQLException {
      return new ChangeOfRun(row.getString("of_run"), changes.map(row, context));
    }
  }

  /** Reads a row of {@code batch_loss}. */
  final class LossMapper implements RowMapper<BatchLoss> {
    @Override
    public BatchLoss map(ResultSet row, StatementContext context) throws SQLException {
      return new BatchLoss(
          new SectorId(row.getLong("miner"), row.getLong("number")),
          row.getLong("scanned_at"),
          Verdict.valueOf(row.getString("verdict")),
          row.getString("lost"),
          row.getLong("size"),
          row.getBoolean("has_data"),
          row.getInt("deadline"),
          row.getInt("partition_index"),
          row.getObject("whole_by", Long.class),
          row.getLong("fault_at"),
          row.getLong("period"),
          row.getLong("last_chance"),
          row.getLong("expires_at"),
          row.getObject("planned_at", Long.class),
          row.getBigDecimal("pledge").toBigIntegerExact(),
          row.getBigDecimal("fault_fee").toBigIntegerExact(),
          row.getBigDecimal("day_reward").toBigIntegerExact(),
          row.getBigDecimal("termination_fee").toBigIntegerExact());
    }
  }

  /** Reads a sector's id. */
  final class IdMapper implements RowMapper<SectorId> {
    @Override
    public SectorId map(ResultSet row, StatementContext context) throws SQLException {
      return new SectorId(row.getLong("miner"), row.getLong("number"));
    }
  }
}
