package io.reseal.files;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The result of putting a sector into a store.
 *
 * @param placement where the sector is now
 * @param keptAside where older copies of its files are now; empty if there were none
 * @param bytes bytes of the stored files
 */
public record Persisted(Placement placement, List<Path> keptAside, long bytes) {

  /** What was put into another store as well. */
  Persisted and(Persisted other) {
    Map<FileType, Store> stores = new EnumMap<>(FileType.class);
    stores.putAll(placement.stores());
    stores.putAll(other.placement.stores());
    return new Persisted(
        new Placement(placement.sector(), stores),
        Stream.concat(keptAside.stream(), other.keptAside.stream()).toList(),
        bytes + other.bytes);
  }

  /** One line for people. */
  @Override
  public String toString() {
    return "%d bytes in store \"%s\"%s"
        .formatted(
            bytes,
            placement.names(),
            keptAside.isEmpty() ? "" : "; the older files are kept in " + keptAside);
  }
}
