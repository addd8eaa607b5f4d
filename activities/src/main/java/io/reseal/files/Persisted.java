package io.reseal.files;

import java.nio.file.Path;
import java.util.List;

/**
 * The result of putting a sector into a store.
 *
 * @param store name of the store that now holds the sector
 * @param keptAside where older copies of its files are now; empty if there were none
 * @param bytes bytes of the stored files
 */
public record Persisted(String store, List<Path> keptAside, long bytes) {

  /** One line for people. */
  @Override
  public String toString() {
    return "%d bytes in store \"%s\"%s"
        .formatted(
            bytes, store, keptAside.isEmpty() ? "" : "; the older files are kept in " + keptAside);
  }
}
