package io.reseal.catalog;

import java.time.Duration;
import java.util.Optional;

/** The state of the fleet, which one of its workers reads for all of them. */
public final class FleetStateRepository {

  private final CatalogAccess access;

  FleetStateRepository(CatalogAccess access) {
    this.access = access;
  }

  /**
   * Whether that host is the one whose worker reads the state.
   *
   * @param silence after which another one takes over, by the database's clock
   */
  public boolean claim(String host, Duration silence) {
    return access.change(
        FleetStateTable.class,
        table -> {
          table.claim(host, silence.toMillis());
          return table.has(host);
        });
  }

  /** Keeps the state for all; does nothing if another worker has taken over meanwhile. */
  public void put(String host, FleetState state) {
    access.write(FleetStateTable.class, table -> table.put(host, StoredJson.write(state)));
  }

  /** The state as it was read last; empty before the first time. */
  public Optional<FleetState> find() {
    return access.read(
        FleetStateTable.class,
        table -> table.find().map(json -> StoredJson.read(json, FleetState.class)));
  }
}
