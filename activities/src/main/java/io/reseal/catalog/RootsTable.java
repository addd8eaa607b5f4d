package io.reseal.catalog;

import io.reseal.record.SectorRoots;
import io.reseal.sector.Commitment;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindList;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.customizer.FetchSize;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** SQL on the table {@code sector_roots}. */
@RegisterRowMapper(RootsTable.RootsMapper.class)
interface RootsTable {

  /** Of two for one CommR, the one that is kept last was compared with it last. */
  @SqlBatch(
      """
      INSERT INTO sector_roots (miner, number, comm_r, comm_c, comm_r_last, learned_at, source)
      VALUES (:sector.miner, :sector.number, :commR, :commC.hex, :commRLast.hex, :learnedAt,
        :source)
      ON DUPLICATE KEY UPDATE comm_c = VALUES(comm_c), comm_r_last = VALUES(comm_r_last),
        learned_at = VALUES(learned_at), source = VALUES(source)
      """)
  void keep(@BindMethods Iterable<SectorRoots> roots);

  @SqlQuery(
      """
      SELECT * FROM sector_roots WHERE miner = :miner AND number IN (<numbers>)
      ORDER BY number, comm_r
      """)
  List<SectorRoots> of(@Bind("miner") long miner, @BindList("numbers") Collection<Long> numbers);

  @SqlQuery(
      """
      SELECT * FROM sector_roots WHERE :miner IS NULL OR miner = :miner
      ORDER BY miner, number, comm_r
      """)
  @FetchSize(RunTable.ROWS_AT_A_TIME)
  void each(@Bind("miner") Optional<Long> miner, Consumer<SectorRoots> taker);

  /** Reads a row of {@code sector_roots}. */
  final class RootsMapper implements RowMapper<SectorRoots> {
    @Override
    public SectorRoots map(ResultSet row, StatementContext context) throws SQLException {
      return new SectorRoots(
          SectorColumns.id(row),
          row.getString("comm_r"),
          new Commitment(row.getString("comm_c")),
          new Commitment(row.getString("comm_r_last")),
          row.getLong("learned_at"),
          row.getString("source"));
    }
  }
}
