package io.reseal.catalog;

import io.reseal.losses.MinerOnChain;
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
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on {@code loss_scan} and the tables of its parts. */
@RegisterRowMapper(LossTable.ScanMapper.class)
@RegisterConstructorMapper(ScannedStore.class)
@RegisterConstructorMapper(LossTable.RepairsRow.class)
interface LossTable {

  @SqlUpdate(
      """
      INSERT INTO loss_scan (miner, started_at, epoch, blocks, asked_at, miner_json)
      VALUES (:miner, :startedAt, :epoch, :blocks, :askedAt, :json)
      """)
  void begin(
      @BindMethods LossScanRow scan,
      @Bind("epoch") long epoch,
      @Bind("blocks") String blocks,
      @Bind("json") String json);

  @SqlQuery("SELECT * FROM loss_scan WHERE miner = :miner AND started_at = :startedAt")
  Optional<LossScanRow> find(@Bind("miner") long miner, @Bind("startedAt") long startedAt);

  @SqlQuery(
      """
      SELECT * FROM loss_scan WHERE miner = :miner AND ended_at IS NOT NULL
      ORDER BY started_at DESC LIMIT 1
      """)
  Optional<LossScanRow> latest(@Bind("miner") long miner);

  @SqlQuery("SELECT DISTINCT miner FROM loss_scan WHERE ended_at IS NOT NULL ORDER BY miner")
  List<Long> miners();

  @SqlUpdate(
      """
      INSERT INTO loss_scan_deadline (miner, started_at, deadline, sectors_json)
      VALUES (:miner, :startedAt, :deadline, :json)
      ON DUPLICATE KEY UPDATE sectors_json = VALUES(sectors_json)
      """)
  void putDeadline(
      @Bind("miner") long miner,
      @Bind("startedAt") long startedAt,
      @Bind("deadline") int deadline,
      @Bind("json") String json);

  @SqlQuery(
      """
      SELECT deadline FROM loss_scan_deadline WHERE miner = :miner AND started_at = :startedAt
      """)
  List<Integer> deadlines(@Bind("miner") long miner, @Bind("startedAt") long startedAt);

  @SqlQuery(
      """
      SELECT sectors_json FROM loss_scan_deadline
      WHERE miner = :miner AND started_at = :startedAt ORDER BY deadline
      """)
  @FetchSize(1)
  void sectors(
      @Bind("miner") long miner, @Bind("startedAt") long startedAt, Consumer<String> taker);

  @SqlBatch(
      """
      INSERT INTO loss_scan_store (miner, started_at, host, store, store_id, looked_at, fault)
      VALUES (:miner, :startedAt, :host, :store, :storeId, :lookedAt, :fault)
      ON DUPLICATE KEY UPDATE store_id = VALUES(store_id), looked_at = VALUES(looked_at),
        fault = VALUES(fault)
      """)
  void looked(
      @Bind("miner") long miner,
      @Bind("startedAt") long startedAt,
      @BindMethods Iterable<ScannedStore> stores);

  @SqlQuery(
      """
      SELECT host, store, store_id, looked_at, fault FROM loss_scan_store
      WHERE miner = :miner AND started_at = :startedAt ORDER BY host, store
      """)
  List<ScannedStore> stores(@Bind("miner") long miner, @Bind("startedAt") long startedAt);

  @SqlUpdate(
      """
      INSERT INTO loss_scan_repair (miner, started_at, host, part, repairs_json)
      VALUES (:miner, :startedAt, :host, :part, :json)
      ON DUPLICATE KEY UPDATE repairs_json = VALUES(repairs_json)
      """)
  void putRepairs(
      @Bind("miner") long miner,
      @Bind("startedAt") long startedAt,
      @Bind("host") String host,
      @Bind("part") int part,
      @Bind("json") String json);

  @SqlQuery(
      """
      SELECT host, repairs_json FROM loss_scan_repair
      WHERE miner = :miner AND started_at = :startedAt ORDER BY host, part
      """)
  @FetchSize(1)
  void repairs(
      @Bind("miner") long miner, @Bind("startedAt") long startedAt, Consumer<RepairsRow> taker);

  @SqlUpdate(
      """
      UPDATE loss_scan SET remarks = :remarks WHERE miner = :miner AND started_at = :startedAt
      """)
  void remark(
      @Bind("miner") long miner,
      @Bind("startedAt") long startedAt,
      @Bind("remarks") String remarks);

  @SqlUpdate(
      """
      UPDATE loss_scan SET ended_at = :endedAt
      WHERE miner = :miner AND started_at = :startedAt
      """)
  void end(
      @Bind("miner") long miner, @Bind("startedAt") long startedAt, @Bind("endedAt") long endedAt);

  @SqlUpdate("DELETE FROM loss_scan WHERE miner = :miner AND started_at < :startedAt")
  void forgetBefore(@Bind("miner") long miner, @Bind("startedAt") long startedAt);

  /** A part of a host's answer. */
  record RepairsRow(String host, String repairsJson) {}

  /** Reads a row of {@code loss_scan}. */
  final class ScanMapper implements RowMapper<LossScanRow> {
    @Override
    public LossScanRow map(ResultSet row, StatementContext context) throws SQLException {
      return new LossScanRow(
          row.getLong("miner"),
          row.getLong("started_at"),
          List.of(row.getString("blocks").split(" ", -1)),
          row.getLong("asked_at"),
          StoredJson.read(row.getString("miner_json"), MinerOnChain.class),
          row.getString("remarks"),
          row.getObject("ended_at", Long.class));
    }
  }
}
