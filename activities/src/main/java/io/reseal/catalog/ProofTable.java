package io.reseal.catalog;

import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the table {@code sector_proof}. */
@RegisterRowMapper(ProofTable.ProofMapper.class)
interface ProofTable {

  @SqlUpdate(
      """
      INSERT INTO sector_proof (miner, number, digest, run_id, made_at, proof_type, ticket,
        ticket_epoch, seed, seed_epoch, comm_d, comm_r, proof)
      VALUES (:sector.miner, :sector.number, SHA2(:proof, 256), :runId, :madeAt,
        :proofType.registeredName, :ticket.value, :ticket.epoch, :seed.value, :seed.epoch, :commD,
        :commR, :proof)
      ON DUPLICATE KEY UPDATE digest = VALUES(digest)
      """)
  void insertUnlessThere(@BindMethods SectorProof proof);

  @SqlQuery(
      """
      SELECT * FROM sector_proof WHERE miner = :miner AND number = :number
      ORDER BY made_at DESC, digest
      """)
  List<SectorProof> of(@BindMethods SectorId sector);

  /** Reads a row of {@code sector_proof}. */
  final class ProofMapper implements RowMapper<SectorProof> {
    @Override
    public SectorProof map(ResultSet row, StatementContext context) throws SQLException {
      return new SectorProof(
          new SectorId(row.getLong("miner"), row.getLong("number")),
          SealProof.ofName(row.getString("proof_type")),
          new Randomness(row.getString("ticket"), row.getObject("ticket_epoch", Long.class)),
          new Randomness(row.getString("seed"), row.getLong("seed_epoch")),
          row.getString("comm_d"),
          row.getString("comm_r"),
          row.getString("proof"),
          row.getString("run_id"),
          row.getLong("made_at"));
    }
  }
}
