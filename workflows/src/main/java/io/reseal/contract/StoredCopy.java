package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The copy of a sector that a rebuild has put into a store.
 *
 * @param store the store's name
 * @param path the store's location on the host
 */
public record StoredCopy(@JsonProperty("store") String store, @JsonProperty("path") String path) {}
