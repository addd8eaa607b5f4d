package io.reseal.catalog;

import java.util.Arrays;
import java.util.List;

/** The sealing hosts that have reported. */
public final class HostRepository {

  private final CatalogAccess access;

  HostRepository(CatalogAccess access) {
    this.access = access;
  }

  /** Puts the host's row in the place of the one it reported before. */
  public void report(HostRow host) {
    access.write(HostTable.class, table -> table.insertOrUpdate(host));
  }

  /** Forgets what a host reported of itself and its threads; what it did stays. */
  public void remove(String name) {
    access.write(
        HostTable.class,
        table -> {
          table.deleteThreads(name);
          table.delete(name);
        });
  }

  /** All hosts by name. */
  public List<HostRow> all() {
    return access.read(HostTable.class, HostTable::all);
  }

  /** The hosts whose workers run on a machine of that host name or IP address. */
  public List<HostRow> at(String address) {
    return all().stream()
        .filter(host -> Arrays.asList(host.addresses().split(" ", -1)).contains(address))
        .toList();
  }
}
