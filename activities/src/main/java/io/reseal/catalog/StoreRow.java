package io.reseal.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * A store of a sealing host as its worker last reported it.
 *
 * @param host configured name of the host
 * @param name the store's name in the host's file
 * @param location its directory
 * @param identity the identity it must have, or null if none is recorded yet
 * @param network whether it is on a network file system, so that hosts may share it
 * @param readonly whether the host's file says so
 * @param fault why it is not used, in half a sentence, or null
 * @param freeBytes bytes that can still be written; 0 if unknown
 * @param incomingBytes bytes of copies that are under way or were interrupted
 * @param seenAt when it was reported
 */
public record StoreRow(
    @JsonProperty("host") String host,
    @JsonProperty("name") String name,
    @JsonProperty("location") String location,
    @JsonProperty("identity") String identity,
    @JsonProperty("network") boolean network,
    @JsonProperty("readonly") boolean readonly,
    @JsonProperty("fault") String fault,
    @JsonProperty("freeBytes") long freeBytes,
    @JsonProperty("incomingBytes") long incomingBytes,
    @JsonProperty("seenAt") Instant seenAt) {}
