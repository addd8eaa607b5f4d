package io.reseal.catalog;

import io.reseal.plan.UnsealedWish;
import io.reseal.sector.SectorId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the table {@code scratch}. */
@RegisterRowMapper(ScratchTable.ScratchMapper.class)
interface ScratchTable {

  @SqlUpdate("DELETE FROM scratch WHERE host = :host AND location = :location")
  void delete(@Bind("host") String host, @Bind("location") String location);

  @SqlUpdate(
      """
      INSERT INTO scratch (host, location, name, miner, number, bytes, state, verdict, reason,
        advice, inputs, unsealed, seen_at)
      VALUES (:host, :location, :name, :sector?.miner, :sector?.number, :bytes, :state, :verdict,
        :reason, :advice, :json, :unsealed, :seenAt.toEpochMilli)
      """)
  void insert(@BindMethods ScratchRow row, @Bind("json") String inputs);

  @SqlQuery("SELECT * FROM scratch ORDER BY host, location, miner, number, name")
  List<ScratchRow> all();

  /** Reads a row of {@code scratch}. */
  final class ScratchMapper implements RowMapper<ScratchRow> {
    @Override
    public ScratchRow map(ResultSet row, StatementContext context) throws SQLException {
      Long miner = row.getObject("miner", Long.class);
      return new ScratchRow(
          row.getString("host"),
          row.getString("location"),
          miner == null ? null : new SectorId(miner, row.getLong("number")),
          row.getString("name"),
          row.getLong("bytes"),
          row.getString("state"),
          row.getString("verdict"),
          row.getString("reason"),
          row.getString("advice"),
          ScratchRepository.inputs(row.getString("inputs")),
          wish(row.getString("unsealed")),
          Instant.ofEpochMilli(row.getLong("seen_at")));
    }

    private static UnsealedWish wish(String name) {
      return name == null ? null : UnsealedWish.valueOf(name);
    }
  }
}
