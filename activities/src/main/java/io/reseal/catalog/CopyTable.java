package io.reseal.catalog;

import io.reseal.contract.CheckLevel;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.KeyColumn;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.config.ValueColumn;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.customizer.FetchSize;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the table {@code stored_copy}. */
@RegisterRowMapper(CopyTable.CopyMapper.class)
interface CopyTable {

  /**
   * A check that finds nothing wrong ends the damage that a check of its own level or a lower one
   * found. The assignments are made in order, each with what those before it have assigned.
   */
  @SqlBatch(
      """
      INSERT INTO stored_copy
        (store_id, host, store, miner, number, replica, seen_at, seen_by, sampled_at, sampled_by, read_at,
        read_by, damage, damage_level, damaged_since, lost)
      VALUES
        (:storeId, :host, :store, :sector.miner, :sector.number, :replica, :seenAt, :seenBy, :sampledAt,
        :sampledBy, :readAt, :readBy, :damage, IF(:damage IS NULL, NULL, :damageLevel),
        :damagedSince, :lost)
      ON DUPLICATE KEY UPDATE host = VALUES(host), store = VALUES(store),
        seen_at = VALUES(seen_at), seen_by = VALUES(seen_by),
        sampled_by = IF(VALUES(sampled_at) IS NULL, sampled_by, VALUES(sampled_by)),
        sampled_at = COALESCE(VALUES(sampled_at), sampled_at),
        read_by = IF(VALUES(read_at) IS NULL, read_by, VALUES(read_by)),
        read_at = COALESCE(VALUES(read_at), read_at),
        lost = VALUES(lost),
        damage = IF(VALUES(damage) IS NOT NULL, VALUES(damage),
          IF(FIELD(:damageLevel, 'SIZES', 'SAMPLE', 'FULL')
            < FIELD(damage_level, 'SIZES', 'SAMPLE', 'FULL'), damage, NULL)),
        damage_level = IF(damage IS NULL, NULL,
          IF(VALUES(damage) IS NULL OR FIELD(:damageLevel, 'SIZES', 'SAMPLE', 'FULL')
            < FIELD(COALESCE(damage_level, ''), 'SIZES', 'SAMPLE', 'FULL'), damage_level,
            :damageLevel)),
        damaged_since = IF(damage IS NULL, NULL, COALESCE(damaged_since, VALUES(damaged_since))),
        repair_at = IF(damage IS NULL, NULL, repair_at)
      """)
  void checked(@BindMethods Iterable<CopyRow> copies);

  @SqlUpdate(
      """
      DELETE FROM stored_copy WHERE store_id = :storeId AND miner = :sector.miner
        AND number = :sector.number AND replica = :replica
      """)
  void forget(@BindMethods CopyRow copy);

  @SqlUpdate(
      """
      UPDATE stored_copy SET repair_at = :at
      WHERE miner = :miner AND number = :number AND damage IS NOT NULL
      """)
  void repairStarted(@Bind("miner") long miner, @Bind("number") long number, @Bind("at") long at);

  @SqlQuery(
      """
      SELECT * FROM stored_copy WHERE miner = :miner AND number = :number
      ORDER BY replica, host, store
      """)
  List<CopyRow> of(@Bind("miner") long miner, @Bind("number") long number);

  @SqlQuery("SELECT * FROM stored_copy WHERE store_id = :storeId AND replica <> 'unsealed'")
  @FetchSize(RunTable.ROWS_AT_A_TIME)
  void ofStore(@Bind("storeId") String storeId, Consumer<CopyRow> taker);

  @SqlQuery("SELECT * FROM stored_copy WHERE miner = :miner AND replica <> 'unsealed'")
  @FetchSize(RunTable.ROWS_AT_A_TIME)
  void ofMiner(@Bind("miner") long miner, Consumer<CopyRow> taker);

  @SqlQuery(
      """
      SELECT * FROM stored_copy
      WHERE damaged_since IS NOT NULL AND (:miner IS NULL OR miner = :miner)
      ORDER BY miner, number, replica, host, store
      """)
  List<CopyRow> damaged(@Bind("miner") Optional<Long> miner);

  @SqlQuery(
      """
      SELECT * FROM stored_copy
      WHERE damaged_since IS NOT NULL AND store_id = :storeId AND replica <> 'unsealed'
      ORDER BY damaged_since, miner, number, replica
      """)
  List<CopyRow> damagedIn(@Bind("storeId") String storeId);

  @KeyColumn("store_id")
  @ValueColumn("copies")
  @SqlQuery(
      """
      SELECT store_id, COUNT(*) AS copies FROM stored_copy
      WHERE damaged_since IS NOT NULL GROUP BY store_id
      """)
  Map<String, Long> damagedByStore();

  /** Reads a row of {@code stored_copy}. */
  final class CopyMapper implements RowMapper<CopyRow> {
    @Override
    public CopyRow map(ResultSet row, StatementContext context) throws SQLException {
      String level = row.getString("damage_level");
      return new CopyRow(
          row.getString("store_id"),
          row.getString("host"),
          row.getString("store"),
          SectorColumns.id(row),
          row.getString("replica"),
          row.getLong("seen_at"),
          row.getString("seen_by"),
          row.getObject("sampled_at", Long.class),
          row.getString("sampled_by"),
          row.getObject("read_at", Long.class),
          row.getString("read_by"),
          row.getString("damage"),
          level == null ? null : CheckLevel.valueOf(level),
          row.getObject("damaged_since", Long.class),
          row.getBoolean("lost"),
          row.getObject("repair_at", Long.class));
    }
  }
}
