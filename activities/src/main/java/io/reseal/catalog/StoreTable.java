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
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the table {@code sealing_store}. */
@RegisterRowMapper(StoreTable.StoreMapper.class)
interface StoreTable {

  /** Leaves the identity as it is. */
  @SqlBatch(
      """
      INSERT INTO sealing_store
        (host, name, location, readonly, fault, free_bytes, incoming_bytes, seen_at)
      VALUES
        (:host, :name, :location, :readonly, :fault, :freeBytes, :incomingBytes,
        :seenAt.toEpochMilli)
      ON DUPLICATE KEY UPDATE location = VALUES(location), readonly = VALUES(readonly),
        fault = VALUES(fault), free_bytes = VALUES(free_bytes),
        incoming_bytes = VALUES(incoming_bytes), seen_at = VALUES(seen_at)
      """)
  void report(@BindMethods Iterable<StoreRow> stores);

  @SqlUpdate(
      """
      INSERT INTO sealing_store (host, name, location, identity, network, readonly, seen_at)
      VALUES (:host, :name, :location, :identity, :network, :readonly, :seenAt.toEpochMilli)
      ON DUPLICATE KEY UPDATE identity = COALESCE(identity, VALUES(identity)),
        network = VALUES(network)
      """)
  void insertIdentity(@BindMethods StoreRow store);

  @SqlUpdate(
      """
      INSERT INTO sealing_store (host, name, location, identity, network, readonly, seen_at)
      VALUES (:host, :name, :location, :identity, :network, :readonly, :seenAt.toEpochMilli)
      ON DUPLICATE KEY UPDATE identity = VALUES(identity), network = VALUES(network)
      """)
  void replaceIdentity(@BindMethods StoreRow store);

  @SqlQuery("SELECT * FROM sealing_store ORDER BY host, name")
  List<StoreRow> all();

  @SqlQuery("SELECT * FROM sealing_store WHERE name = :name ORDER BY host")
  List<StoreRow> named(@Bind("name") String name);

  @SqlQuery("SELECT * FROM sealing_store WHERE host = :host ORDER BY name")
  List<StoreRow> ofHost(@Bind("host") String host);

  /** Reads a row of {@code sealing_store}. */
  final class StoreMapper implements RowMapper<StoreRow> {
    @Override
    public StoreRow map(ResultSet row, StatementContext context) throws SQLException {
      return new StoreRow(
          row.getString("host"),
          row.getString("name"),
          row.getString("location"),
          row.getString("identity"),
          row.getBoolean("network"),
          row.getBoolean("readonly"),
          row.getString("fault"),
          row.getLong("free_bytes"),
          row.getLong("incoming_bytes"),
          Instant.ofEpochMilli(row.getLong("seen_at")));
    }
  }
}
