package io.reseal.catalog;

import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
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
          + " source, record_json";

  String INSERT =
      """
      INSERT INTO sector (miner, number, proof, ticket, ticket_epoch, seed, seed_epoch, proof_due,
        comm_d, comm_r, source, record_json, created_at, updated_at)
      VALUES (:id.miner, :id.number, :proof.registeredName, :ticket.value, :ticket.epoch,
        :seed?.value, :seedEpoch, :proofDue, :commD, :commR, :source, :recordJson,
        ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000), ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000))
      """;

  @SqlQuery("SELECT " + COLUMNS + " FROM sector WHERE miner = :miner AND number = :number")
  Optional<SectorRow> find(@BindMethods SectorId id);

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
  void insert(@BindMethods SectorRecord sector);

  @SqlUpdate(
      INSERT
          + """
          ON DUPLICATE KEY UPDATE proof = VALUES(proof), ticket = VALUES(ticket),
            ticket_epoch = VALUES(ticket_epoch), seed = VALUES(seed),
            seed_epoch = VALUES(seed_epoch), proof_due = VALUES(proof_due), comm_d = VALUES(comm_d), comm_r = VALUES(comm_r),
            source = VALUES(source), record_json = VALUES(record_json),
            updated_at = VALUES(updated_at)
          """)
  void insertOrUpdate(@BindMethods SectorRecord sector);

  @SqlQuery(
      """
      SELECT miner, number, ordinal, cid, size, offset_bytes FROM sector_piece
      WHERE miner = :miner AND number = :number ORDER BY ordinal
      """)
  List<PieceRow> piecesOf(@BindMethods SectorId id);

  @SqlBatch(
      """
      INSERT INTO sector_piece (miner, number, ordinal, cid, size, offset_bytes)
      VALUES (:miner, :number, :ordinal, :cid, :size, :offsetBytes)
      """)
  void insertPieces(@BindMethods Iterable<PieceRow> pieces);

  @SqlUpdate("DELETE FROM sector_piece WHERE miner = :miner AND number = :number")
  void deletePieces(@BindMethods SectorId id);

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
      long ticketEpoch,
      String seed,
      Long seedEpoch,
      boolean proofDue,
      String commD,
      String commR,
      String source,
      String recordJson) {

    SectorId id() {
      return new SectorId(miner, number);
    }

    SectorRecord with(List<Piece> pieces) {
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
          recordJson);
    }
  }

  /** A row of {@code sector_piece}. */
  record PieceRow(long miner, long number, int ordinal, String cid, long size, long offsetBytes) {

    static PieceRow of(SectorId sector, int ordinal, Piece piece) {
      return new PieceRow(
          sector.miner(), sector.number(), ordinal, piece.cid(), piece.size(), piece.offset());
    }

    SectorId sector() {
      return new SectorId(miner, number);
    }

    Piece piece() {
      return new Piece(cid, size, offsetBytes);
    }
  }
}
