package io.reseal.catalog;

import io.reseal.record.SectorRecord;
import io.reseal.record.Snap;
import io.reseal.record.Standing;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindList;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.customizer.FetchSize;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the tables {@code sector} and {@code sector_piece}. */
@RegisterRowMapper(SectorTable.LineMapper.class)
@RegisterConstructorMapper(SectorTable.SectorRow.class)
@RegisterConstructorMapper(SectorTable.PieceRow.class)
interface SectorTable {

  String COLUMNS =
      "miner, number, proof, ticket, ticket_epoch, seed, seed_epoch, proof_due, comm_d, comm_r,"
          + " snap_comm_d, snap_comm_r, activation, expiration, deadline_index, partition_index,"
          + " faulty, standing_as_of, source, merged, record_json";

  String INSERT =
      """
      INSERT INTO sector (miner, number, proof, ticket, ticket_epoch, seed, seed_epoch, proof_due,
        comm_d, comm_r, snap_comm_d, snap_comm_r, activation, expiration, deadline_index,
        partition_index, faulty, standing_as_of, source, merged, record_json, created_at, updated_at)
      VALUES (:id.miner, :id.number, :proof.registeredName, :ticket.value, :ticket.epoch,
        :seed?.value, :seedEpoch, :proofDue, :commD, :commR, :snap?.commD, :snap?.commR,
        :standing?.activation, :standing?.expiration, :standing?.deadline, :standing?.partition,
        :standing?.faulty, :standing?.asOf, :source, :merged, :recordJson,
        ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000), ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000))
      """;

  @SqlQuery("SELECT " + COLUMNS + " FROM sector WHERE miner = :miner AND number IN (<numbers>)")
  List<SectorRow> rows(@Bind("miner") long miner, @BindList("numbers") Collection<Long> numbers);

  @SqlQuery(
      """
      SELECT miner, number, proof, comm_r,
        (SELECT COUNT(*) FROM sector_piece piece
          WHERE piece.miner = sector.miner AND piece.number = sector.number) AS pieces,
        (SELECT state FROM rebuild_run run
          WHERE run.miner = sector.miner AND run.number = sector.number
          ORDER BY started_at DESC, updated_at DESC LIMIT 1) AS rebuild
      FROM sector
      WHERE :miner IS NULL OR miner = :miner
      ORDER BY miner, number
      """)
  @FetchSize(RunTable.ROWS_AT_A_TIME)
  void list(@Bind("miner") Optional<Long> miner, Consumer<SectorLine> lines);

  @SqlUpdate(INSERT)
  void insert(@BindMethods SectorRecord sector, @Bind("merged") boolean merged);

  @SqlBatch(
      INSERT
          + """
          ON DUPLICATE KEY UPDATE proof = VALUES(proof), ticket = VALUES(ticket),
            ticket_epoch = VALUES(ticket_epoch), seed = VALUES(seed),
            seed_epoch = VALUES(seed_epoch), proof_due = VALUES(proof_due),
            comm_d = VALUES(comm_d), comm_r = VALUES(comm_r), snap_comm_d = VALUES(snap_comm_d),
            snap_comm_r = VALUES(snap_comm_r), activation = VALUES(activation),
            expiration = VALUES(expiration), deadline_index = VALUES(deadline_index),
            partition_index = VALUES(partition_index), faulty = VALUES(faulty),
            standing_as_of = VALUES(standing_as_of),
            source = VALUES(source), merged = VALUES(merged), record_json = VALUES(record_json),
            updated_at = VALUES(updated_at)
          """)
  void insertOrUpdate(@BindMethods Iterable<SectorRecord> sectors, @Bind("merged") boolean merged);

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

  /** Those of a miner's sectors that are there, with their pieces. */
  default Map<SectorId, Kept> kept(long miner, Collection<Long> numbers) {
    Map<Long, List<PieceRow>> pieces =
        pieces(miner, numbers).stream().collect(Collectors.groupingBy(PieceRow::number));
    return rows(miner, numbers).stream()
        .collect(
            Collectors.toMap(
                SectorRow::id, row -> Kept.of(row, pieces.getOrDefault(row.number(), List.of()))));
  }

  /** Puts each record in the place of the one that is there, if any. */
  default void put(List<SectorRecord> sectors, boolean merged) {
    insertOrUpdate(sectors, merged);
    deletePieces(sectors.stream().map(SectorRecord::id).toList());
    insertAllPieces(sectors);
  }

  default void insertAllPieces(List<SectorRecord> sectors) {
    insertPieces(sectors.stream().flatMap(PieceRow::all).toList());
  }

  /**
   * A sector as the table has it.
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
      return new Kept(row.with(pieces.get(false), pieces.get(true)), row.merged());
    }
  }

  /** Reads a row of the list. */
  final class LineMapper implements RowMapper<SectorLine> {
    @Override
    public SectorLine map(ResultSet row, StatementContext context) throws SQLException {
      return new SectorLine(
          new SectorId(row.getLong("miner"), row.getLong("number")),
          row.getString("proof"),
          row.getInt("pieces"),
          row.getString("comm_r"),
          row.getString("rebuild"));
    }
  }

  /** A row of {@code sector}. */
  record SectorRow(
      long miner,
      long number,
      String proof,
      String ticket,
      Long ticketEpoch,
      String seed,
      Long seedEpoch,
      boolean proofDue,
      String commD,
      String commR,
      String snapCommD,
      String snapCommR,
      Long activation,
      Long expiration,
      Integer deadlineIndex,
      Integer partitionIndex,
      Boolean faulty,
      Long standingAsOf,
      String source,
      boolean merged,
      String recordJson) {

    SectorId id() {
      return new SectorId(miner, number);
    }

    SectorRecord with(List<Piece> pieces, List<Piece> updatePieces) {
      return new SectorRecord(
          id(),
          SealProof.ofName(proof),
          new Randomness(ticket, ticketEpoch),
          seed == null ? null : new Randomness(seed, seedEpoch),
          seedEpoch,
          proofDue,
          commD,
          commR,
          pieces,
          source,
          recordJson,
          snapCommR == null ? null : new Snap(snapCommD, snapCommR, updatePieces),
          standing());
    }

    private Standing standing() {
      return standingAsOf == null
          ? null
          : new Standing(
              activation, expiration, deadlineIndex, partitionIndex, faulty, standingAsOf);
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
