package io.reseal.catalog;

import io.reseal.record.Decision;
import io.reseal.sector.SectorId;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.sqlobject.CreateSqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindList;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the tables {@code sector_finding} and {@code sector_decision}. */
@RegisterConstructorMapper(FindingTable.FindingRow.class)
@RegisterConstructorMapper(FindingTable.DecisionRow.class)
interface FindingTable {

  @CreateSqlObject
  SectorTable sectors();

  @SqlQuery(
      """
      SELECT miner, number, source, facts FROM sector_finding
      WHERE miner = :miner AND number IN (<numbers>)
      """)
  List<FindingRow> findings(
      @Bind("miner") long miner, @BindList("numbers") Collection<Long> numbers);

  @SqlBatch(
      """
      INSERT INTO sector_finding (miner, number, source, facts, taken_at)
      VALUES (:miner, :number, :source, :facts, ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000))
      ON DUPLICATE KEY UPDATE taken_at = IF(facts = VALUES(facts), taken_at, VALUES(taken_at)),
        facts = VALUES(facts)
      """)
  void keep(@BindMethods Iterable<FindingRow> findings);

  @SqlQuery(
      """
      SELECT miner, number, fact, source, decided_by AS `by` FROM sector_decision
      WHERE miner = :miner AND number IN (<numbers>) ORDER BY number, fact
      """)
  List<DecisionRow> decisions(
      @Bind("miner") long miner, @BindList("numbers") Collection<Long> numbers);

  @SqlBatch(
      """
      INSERT INTO sector_decision (miner, number, fact, source, decided_by, decided_at)
      VALUES (:miner, :number, :fact, :source, :by,
        ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000))
      ON DUPLICATE KEY UPDATE
        decided_at = IF(source = VALUES(source), decided_at, VALUES(decided_at)),
        source = VALUES(source), decided_by = VALUES(decided_by)
      """)
  void decide(@BindMethods Iterable<DecisionRow> decisions);

  /** Deletes all findings on the sector, and the decisions between them. */
  default void forget(SectorId sector) {
    deleteFindings(sector);
    deleteDecisions(sector);
  }

  @SqlUpdate("DELETE FROM sector_finding WHERE miner = :miner AND number = :number")
  void deleteFindings(@BindMethods SectorId sector);

  @SqlUpdate("DELETE FROM sector_decision WHERE miner = :miner AND number = :number")
  void deleteDecisions(@BindMethods SectorId sector);

  /** A row of {@code sector_finding}. */
  record FindingRow(long miner, long number, String source, String facts) {}

  /** A row of {@code sector_decision}. */
  record DecisionRow(long miner, long number, String fact, String source, String by) {

    static DecisionRow of(SectorId sector, Decision decision) {
      return new DecisionRow(
          sector.miner(), sector.number(), decision.fact(), decision.source(), decision.by());
    }

    Decision decision() {
      return new Decision(fact, source, by);
    }
  }
}
