package io.reseal.catalog;

/**
 * A store in a scan.
 *
 * @param storeId its identity, or host and name of a store without one
 * @param lookedAt when the look at it began, by its host's clock: a copy that its host has not seen
 *     since could not be looked at
 * @param fault why it could not be looked at, or null
 */
public record ScannedStore(
    String host, String store, String storeId, long lookedAt, String fault) {}
