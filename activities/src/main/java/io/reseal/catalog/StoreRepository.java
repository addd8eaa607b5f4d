package io.reseal.catalog;

import java.util.List;

/** The stores of all hosts: the identity each must have, and what its worker last reported. */
public final class StoreRepository {

  private final CatalogAccess access;

  StoreRepository(CatalogAccess access) {
    this.access = access;
  }

  /** Replaces what is reported of these stores; their identities stay. */
  public void report(List<StoreRow> stores) {
    access.write(StoreTable.class, table -> table.report(stores));
  }

  /** Records a store's identity unless it already has one. */
  public void register(StoreRow store) {
    access.write(StoreTable.class, table -> table.insertIdentity(store));
  }

  /** Replaces a store's identity, because an operator said so. */
  public void accept(StoreRow store) {
    access.write(StoreTable.class, table -> table.replaceIdentity(store));
  }

  public List<StoreRow> all() {
    return access.read(StoreTable.class, StoreTable::all);
  }

  /** The stores of that name, on whichever hosts. */
  public List<StoreRow> named(String store) {
    return access.read(StoreTable.class, table -> table.named(store));
  }

  /** A host's stores by name, also those that its file no longer attaches. */
  public List<StoreRow> ofHost(String host) {
    return access.read(StoreTable.class, table -> table.ofHost(host));
  }
}
