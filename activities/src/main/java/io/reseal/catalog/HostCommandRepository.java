package io.reseal.catalog;

import java.util.List;

/** Operators' commands to the sealing hosts, with who gave them and when. */
public final class HostCommandRepository {

  private final CatalogAccess access;

  HostCommandRepository(CatalogAccess access) {
    this.access = access;
  }

  public void add(HostCommandRow command) {
    access.write(HostCommandTable.class, table -> table.insert(command));
  }

  /** One host's commands, the newest first. */
  public List<HostCommandRow> ofHost(String host) {
    return access.read(HostCommandTable.class, table -> table.ofHost(host));
  }
}
