package io.reseal.catalog;

import io.reseal.contract.OnChain;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.sector.SectorId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the table {@code followed_sector}. */
@RegisterRowMapper(FollowedTable.FollowedMapper.class)
@RegisterConstructorMapper(FollowedCount.class)
interface FollowedTable {

  @SqlUpdate(
      """
      INSERT INTO followed_sector
        (miner, number, status, height, course, text, attention, command, software, software_sees,
        software_command, seen_at, next_look, since, since_at, first_chance)
      VALUES
        (:sector.miner, :sector.number, :status, :height, :course, :text, :attention, :command,
        :software?.text, :software?.sees, :software?.command, :seenAt, :nextLook, :since, :sinceAt,
        :firstChance)
      ON DUPLICATE KEY UPDATE
        since_at = IF(since = VALUES(since) AND status = VALUES(status) AND since_at IS NOT NULL,
          since_at, VALUES(since_at)),
        since = VALUES(since), status = VALUES(status), height = VALUES(height),
        course = VALUES(course), text = VALUES(text), attention = VALUES(attention),
        command = VALUES(command), software = VALUES(software),
        software_sees = VALUES(software_sees), software_command = VALUES(software_command),
        seen_at = VALUES(seen_at), next_look = VALUES(next_look),
        first_chance = VALUES(first_chance)
      """)
  void seen(@BindMethods FollowedRow row);

  @SqlQuery("SELECT * FROM followed_sector WHERE miner = :miner AND number = :number")
  Optional<FollowedRow> of(@Bind("miner") long miner, @Bind("number") long number);

  @SqlQuery("SELECT * FROM followed_sector ORDER BY miner, number")
  List<FollowedRow> all();

  @SqlQuery(
      """
      SELECT f.* FROM batch_sector s
        JOIN followed_sector f ON f.miner = s.miner AND f.number = s.number
      WHERE s.batch = :batch
      """)
  List<FollowedRow> ofBatch(@Bind("batch") String batch);

  /**
   * Those of a batch's finished sectors that the chain will not have proven unless a person acts.
   */
  @SqlQuery(
      "SELECT f.* FROM batch b JOIN batch_sector s ON s.batch = b.name"
          + " JOIN followed_sector f ON f.miner = s.miner AND f.number = s.number"
          + " JOIN rebuild_run r ON r.ordinal = "
          + BatchTable.NEWEST_RUN
          + " WHERE b.name = :batch AND (f.attention IS NOT NULL OR f.software_sees = FALSE)"
          + " AND f.status <> 'ENDED' AND r.state = 'Finished' AND f.seen_at >= r.ended_at"
          + " ORDER BY s.ordinal")
  List<FollowedRow> troubledOfBatch(@Bind("batch") String batch);

  @SqlQuery(
      """
      SELECT miner, status, COUNT(*) AS sectors,
        COALESCE(SUM(status <> 'ENDED' AND (attention IS NOT NULL OR software_sees = FALSE)), 0) AS attention,
        COALESCE(SUM(status IN ('FAULTY', 'RECOVERING') AND height >= first_chance), 0) AS overdue
      FROM followed_sector GROUP BY miner, status ORDER BY miner, status
      """)
  List<FollowedCount> counts();

  /** Rows of the table. */
  final class FollowedMapper implements RowMapper<FollowedRow> {

    @Override
    public FollowedRow map(ResultSet row, StatementContext context) throws SQLException {
      return new FollowedRow(
          new SectorId(row.getLong("miner"), row.getLong("number")),
          OnChain.Status.valueOf(row.getString("status")),
          row.getLong("height"),
          row.getString("course"),
          row.getString("text"),
          row.getString("attention"),
          row.getString("command"),
          software(row),
          row.getLong("seen_at"),
          row.getObject("next_look", Long.class),
          row.getObject("since", Long.class),
          row.getObject("since_at", Long.class),
          row.getObject("first_chance", Long.class));
    }

    private static SoftwareAnswer software(ResultSet row) throws SQLException {
      String text = row.getString("software");
      return text == null
          ? null
          : new SoftwareAnswer(
              row.getBoolean("software_sees"), text, row.getString("software_command"));
    }
  }
}
