package io.reseal.catalog;

import java.util.Optional;
import java.util.UUID;

/** Which catalog this is. A copy of it, such as a restored backup, is the same one. */
public final class IdentityRepository {

  private final CatalogAccess access;

  IdentityRepository(CatalogAccess access) {
    this.access = access;
  }

  /** Its id, which the first worker gives it. */
  public Optional<String> find() {
    return access.read(IdentityTable.class, IdentityTable::find);
  }

  /** Its id; it gets one if it has none. */
  public String get() {
    return find()
        .orElseGet(
            () -> {
              access.write(
                  IdentityTable.class, table -> table.insertIfAbsent(UUID.randomUUID().toString()));
              return find().orElseThrow();
            });
  }
}
