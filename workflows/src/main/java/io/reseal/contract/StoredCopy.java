package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * The copy of a sector that a rebuild has put into a store, or into several.
 *
 * @param store the store's name
 * @param path the store's location on the host
 * @param elsewhere the types of files that are in other stores, by their folder, e.g. {@code
 *     cache}; null if there are none
 */
public record StoredCopy(
    @JsonProperty("store") String store,
    @JsonProperty("path") String path,
    @JsonProperty("elsewhere") Map<String, StoredCopy> elsewhere) {

  /** Files that are all in one store. */
  public StoredCopy(String store, String path) {
    this(store, path, null);
  }

  /** Where one type of the files is, by its folder. */
  public StoredCopy of(String folder) {
    return elsewhere == null ? this : elsewhere.getOrDefault(folder, this);
  }
}
