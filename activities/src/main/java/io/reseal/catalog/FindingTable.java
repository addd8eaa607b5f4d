package io.reseal.catalog;

import io.reseal.catalog.SectorWords.Decision;
import io.reseal.sector.SectorId;
import java.util.List;
import org.jdbi.v3.sqlobject.CreateSqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the tables {@code sector_finding} and {@code sector_decision}. */
@RegisterConstructorMapper(Decision.class)
interface FindingTable {

  @CreateSqlObject
  SectorTable sectors();

  @SqlQuery("SELECT facts FROM sector_finding WHERE miner = :miner AND number = :number")
  List<String> findingsOf(@BindMethods SectorId sector);

  @SqlUpdate(
      """
      INSERT INTO sector_finding (miner, number, source, facts, taken_at)
      VALUES (:miner, :number, :source, :facts, ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000))
      ON DUPLICATE KEY UPDATE taken_at = IF(facts = VALUES(facts), taken_at, VALUES(taken_at)),
        facts = VALUES(facts)
      """)
  void keep(
      @BindMethods SectorId sector, @Bind("source") String source, @Bind("facts") String facts);

  @SqlQuery(
      """
      SELECT fact, source, decided_by AS `by` FROM sector_decision
      WHERE miner = :miner AND number = :number ORDER BY fact
      """)
  List<Decision> decisionsOf(@BindMethods SectorId sector);

  @SqlUpdate(
      """
      INSERT INTO sector_decision (miner, number, fact, source, decided_by, decided_at)
      VALUES (:miner, :number, :decision.fact, :decision.source, :decision.by,
        ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000))
      ON DUPLICATE KEY UPDATE
        decided_at = IF(source = VALUES(source), decided_at, VALUES(decided_at)),
        source = VALUES(source), decided_by = VALUES(decided_by)
      """)
  void decide(@BindMethods SectorId sector, @BindMethods("decision") Decision decision);

  /** Drops what sources say of the sector, and what was decided between them. */
  default void forget(SectorId sector) {
    deleteFindings(sector);
    deleteDecisions(sector);
  }

  @SqlUpdate("DELETE FROM sector_finding WHERE miner = :miner AND number = :number")
  void deleteFindings(@BindMethods SectorId sector);

  @SqlUpdate("DELETE FROM sector_decision WHERE miner = :miner AND number = :number")
  void deleteDecisions(@BindMethods SectorId sector);
}
