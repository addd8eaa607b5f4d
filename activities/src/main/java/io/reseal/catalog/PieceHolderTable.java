package io.reseal.catalog;

import io.reseal.sector.SectorId;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** SQL that finds the sectors that hold a piece. */
@RegisterConstructorMapper(PieceHolderTable.Row.class)
interface PieceHolderTable {

  @SqlQuery(
      """
      SELECT miner, number, offset_bytes FROM sector_piece
      WHERE cid = :cid ORDER BY miner, number, offset_bytes
      """)
  List<Row> holding(@Bind("cid") String cid);

  /** One position of the piece in a sector. */
  record Row(long miner, long number, long offsetBytes) {

    SectorId sector() {
      return new SectorId(miner, number);
    }
  }
}
