package io.reseal.catalog;

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

/** SQL on the table {@code host_command}. */
@RegisterRowMapper(HostCommandTable.CommandMapper.class)
interface HostCommandTable {

  @SqlUpdate(
      """
      INSERT INTO host_command (host, thread_index, kind, given_by, at, outcome)
      VALUES (:host, :threadIndex, :kind, :by, :at.toEpochMilli, :outcome)
      """)
  void insert(@BindMethods HostCommandRow command);

  @SqlQuery("SELECT * FROM host_command WHERE host = :host ORDER BY at DESC, id DESC")
  List<HostCommandRow> ofHost(@Bind("host") String host);

  /** Reads a row of {@code host_command}. */
  final class CommandMapper implements RowMapper<HostCommandRow> {
    @Override
    public HostCommandRow map(ResultSet row, StatementContext context) throws SQLException {
      return new HostCommandRow(
          row.getString("host"),
          row.getObject("thread_index", Integer.class),
          row.getString("kind"),
          row.getString("given_by"),
          Instant.ofEpochMilli(row.getLong("at")),
          row.getString("outcome"));
    }
  }
}
