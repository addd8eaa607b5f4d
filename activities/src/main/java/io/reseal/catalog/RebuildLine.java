package io.reseal.catalog;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.reseal.contract.RunRecord;
import java.time.Instant;

/**
 * A rebuild as lists show it: its run, its sealing thread's progress and its place in the queue.
 *
 * @param run the run
 * @param progress one line on the running step, or null while its thread reports none
 * @param seenAt when the thread's host last reported it, or null while no thread is held
 * @param place place among the rebuilds that wait for a sealing thread, from 1; null if it does not
 *     wait for one
 * @param waiting how many wait for one; null if it does not wait
 * @param onChain what was seen of the sector on chain since it was put back, in one word; null
 *     before
 */
public record RebuildLine(
    @JsonUnwrapped RunRecord run,
    String progress,
    Instant seenAt,
    Integer place,
    Integer waiting,
    String onChain) {}
