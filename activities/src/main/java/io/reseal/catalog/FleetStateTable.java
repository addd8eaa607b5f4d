package io.reseal.catalog;

import java.util.Optional;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the only row of the table {@code fleet_state}. */
interface FleetStateTable {

  /** The second assignment sees what the first one did. */
  @SqlUpdate(
      "INSERT INTO fleet_state (id, host, renewed_at) VALUES (1, :host, "
          + DatabaseClock.NOW
          + ") ON DUPLICATE KEY UPDATE host = IF(renewed_at <= "
          + DatabaseClock.NOW
          + " - :millis, :host, host), renewed_at = IF(host = :host, "
          + DatabaseClock.NOW
          + ", renewed_at)")
  void claim(@Bind("host") String host, @Bind("millis") long millis);

  @SqlQuery("SELECT host = :host FROM fleet_state")
  boolean has(@Bind("host") String host);

  @SqlUpdate(
      "UPDATE fleet_state SET state_json = :json, renewed_at = "
          + DatabaseClock.NOW
          + " WHERE host = :host")
  void put(@Bind("host") String host, @Bind("json") String json);

  @SqlQuery("SELECT state_json FROM fleet_state WHERE state_json IS NOT NULL")
  Optional<String> find();
}
