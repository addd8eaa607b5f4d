package io.reseal.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the table {@code uncleared_cache}. */
@RegisterRowMapper(UnclearedTable.UnclearedMapper.class)
interface UnclearedTable {

  @SqlUpdate(
      """
      REPLACE INTO uncleared_cache (store_id, host, store, miner, number, files, bytes, seen_at, seen_by)
      VALUES (:storeId, :host, :store, :sector.miner, :sector.number, :files, :bytes, :seenAt, :seenBy)
      """)
  void seen(@BindMethods UnclearedRow row);

  @SqlUpdate(
      """
      DELETE FROM uncleared_cache
      WHERE store_id = :storeId AND miner = :miner AND number = :number
      """)
  void cleared(
      @Bind("storeId") String storeId, @Bind("miner") long miner, @Bind("number") long number);

  @SqlQuery(
      """
      SELECT * FROM uncleared_cache WHERE miner = :miner AND number = :number ORDER BY host, store
      """)
  List<UnclearedRow> of(@Bind("miner") long miner, @Bind("number") long number);

  /** Reads a row of {@code uncleared_cache}. */
  final class UnclearedMapper implements RowMapper<UnclearedRow> {
    @Override
    public UnclearedRow map(ResultSet row, StatementContext context) throws SQLException {
      return new UnclearedRow(
          row.getString("store_id"),
          row.getString("host"),
          row.getString("store"),
          SectorColumns.id(row),
          row.getString("files"),
          row.getLong("bytes"),
          row.getLong("seen_at"),
          row.getString("seen_by"));
    }
  }
}
