package io.reseal.catalog;

import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindList;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.customizer.FetchSize;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** SQL on the tables {@code sector} and {@code sector_piece}. */
@RegisterRowMapper(SectorTable.LineMapper.class)
@RegisterRowMapper(SectorTable.RecordMapper.class)
@RegisterConstructorMapper(SectorTable.PieceRow.class)
interface SectorTable extends SqlObject {

  @SqlQuery("SELECT * FROM sector WHERE miner = :miner AND number IN (<numbers>)")
  List<SectorRow> rows(@Bind("miner") long miner, @BindList("numbers") Collection<Long> numbers);

  @SqlQuery("SELECT number FROM sector WHERE miner = :miner")
  Set<Long> numbers(@Bind("miner") long miner);

  @SqlQuery(
      """
      SELECT miner, number, proof, comm_r,
        (SELECT COUNT(*) FROM sector_piece piece
          WHERE piece.miner = sector.miner AND piece.number = sector.number) AS pieces,
        (SELECT state FROM rebuild_run run
          WHERE run.miner = sector.miner AND run.number = sector.number
          ORDER BY ordinal DESC LIMIT 1) AS rebuild,
        (SELECT LOWER(status) FROM followed_sector seen
          WHERE seen.miner = sector.miner AND seen.number = sector.number) AS on_chain
      FROM sector
      WHERE :miner IS NULL OR miner = :miner
      ORDER BY miner, number
      """)
  @FetchSize(RunTable.ROWS_AT_A_TIME)
  void list(@Bind("miner") Optional<Long> miner, Consumer<SectorLine> lines);

  /** Adds a record that was imported whole; fails if the sector has one already. */
  default void insert(SectorRecord sector) {
    try (Update insert = getHandle().createUpdate(SectorColumns.INSERT)) {
      insert.bindMap(SectorColumns.valuesOf(sector, false)).execute();
    }
    insertAllPieces(List.of(sector));
  }

  @SqlQuery(
      """
      SELECT miner, number, of_update, ordinal, cid, size, offset_bytes FROM sector_piece
      WHERE miner = :miner AND number IN (<numbers>) ORDER BY number, of_update, ordinal
      """)
  List<PieceRow> pieces(@Bind("miner") long miner, @BindList("numbers") Collection<Long> numbers);

  @SqlBatch(
      """
      INSERT INTO sector_piece (miner, number, of_update, ordinal, cid, size, offset_bytes)
      VALUES (:miner, :number, :ofUpdate, :ordinal, :cid, :size, :offsetBytes)
      """)
  void insertPieces(@BindMethods Iterable<PieceRow> pieces);

  @SqlBatch("DELETE FROM sector_piece WHERE miner = :miner AND number = :number")
  void deletePieces(@BindMethods Iterable<SectorId> sectors);

  /** Those of a miner's sectors that exist, with their pieces. */
  default Map<SectorId, Kept> kept(long miner, Collection<Long> numbers) {
    Map<Long, List<PieceRow>> pieces =
        pieces(miner, numbers).stream().collect(Collectors.groupingBy(PieceRow::number));
    return rows(miner, numbers).stream()
        .collect(
            Collectors.toMap(
                SectorRow::id,
                row -> Kept.of(row, pieces.getOrDefault(row.id().number(), List.of()))));
  }

  /** Adds each record, or replaces the existing one. */
  default void put(List<SectorRecord> sectors, boolean merged) {
    if (sectors.isEmpty()) {
      return;
    }
    try (PreparedBatch batch = getHandle().prepareBatch(SectorColumns.INSERT_OR_UPDATE)) {
      sectors.forEach(sector -> batch.add(SectorColumns.valuesOf(sector, merged)));
      batch.execute();
    }
    deletePieces(sectors.stream().map(SectorRecord::id).toList());
    insertAllPieces(sectors);
  }

  default void insertAllPieces(List<SectorRecord> sectors) {
    insertPieces(sectors.stream().flatMap(PieceRow::all).toList());
  }

  /**
   * A sector as stored in the table.
   *
   * @param merged whether it was made from its findings
   */
  record Kept(SectorRecord record, boolean merged) {

    private static Kept of(SectorRow row, List<PieceRow> rows) {
      Map<Boolean, List<Piece>> pieces =
          rows.stream()
              .collect(
                  Collectors.partitioningBy(
                      PieceRow::ofUpdate,
                      Collectors.mapping(PieceRow::piece, Collectors.toList())));
      Facts facts =
          row.facts().toBuilder()
              .put(Fact.PIECES, pieces.get(false))
              .put(Fact.SNAP_PIECES, pieces.get(true))
              .build();
      return new Kept(SectorRecord.of(row.id(), facts, row.source()), row.merged());
    }
  }

  /**
   * A row of {@code sector}.
   *
   * @param facts all but the pieces
   */
  record SectorRow(SectorId id, Facts facts, String source, boolean merged) {}

  /** Reads a row of {@code sector}. */
  final class RecordMapper implements RowMapper<SectorRow> {
    @Override
    public SectorRow map(ResultSet row, StatementContext context) throws SQLException {
      SectorId id = SectorColumns.id(row);
      try {
        return new SectorRow(
            id, SectorColumns.facts(row), row.getString("source"), row.getBoolean("merged"));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "The record of sector %s cannot be right. %s".formatted(id, e.getMessage()), e);
      }
    }
  }

  /** Reads a row of the list. */
  final class LineMapper implements RowMapper<SectorLine> {
    @Override
    public SectorLine map(ResultSet row, StatementContext context) throws SQLException {
      return new SectorLine(
          SectorColumns.id(row),
          row.getString("proof"),
          row.getInt("pieces"),
          row.getString("comm_r"),
          row.getString("rebuild"),
          row.getString("on_chain"));
    }
  }

  /** A row of {@code sector_piece}. */
  record PieceRow(
      long miner,
      long number,
      boolean ofUpdate,
      int ordinal,
      String cid,
      long size,
      long offsetBytes) {

    static Stream<PieceRow> all(SectorRecord sector) {
      Stream<PieceRow> sealed = all(sector.id(), false, sector.pieces());
      return sector.snap() == null
          ? sealed
          : Stream.concat(sealed, all(sector.id(), true, sector.snap().pieces()));
    }

    private static Stream<PieceRow> all(SectorId sector, boolean ofUpdate, List<Piece> pieces) {
      return IntStream.range(0, pieces.size())
          .mapToObj(
              ordinal -> {
                Piece piece = pieces.get(ordinal);
                return new PieceRow(
                    sector.miner(),
                    sector.number(),
                    ofUpdate,
                    ordinal,
                    piece.cid(),
                    piece.size(),
                    piece.offset());
              });
    }

    Piece piece() {
      return new Piece(cid, size, offsetBytes);
    }
  }
}
