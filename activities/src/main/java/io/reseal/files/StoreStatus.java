package io.reseal.files;

/**
 * What a look at a store has found.
 *
 * @param fault why it is not used, in half a sentence, or null
 * @param freeBytes bytes that can still be written; 0 if unknown
 * @param incomingBytes bytes of copies that are under way or were interrupted
 */
public record StoreStatus(
    String name,
    String location,
    boolean readonly,
    String fault,
    long freeBytes,
    long incomingBytes) {}
