package io.reseal.cli.sectors;

import io.reseal.contract.Progress;

/**
 * A step that Temporal runs or is about to try again.
 *
 * @param step name of its activity, as {@code PC1}
 * @param running whether an attempt runs now
 * @param attempt the attempt that runs or comes next, from 1
 * @param maximumAttempts attempts before the rebuild parks, 0 for any number
 * @param startedAt epoch milliseconds when the newest attempt began, or null
 * @param nextAttemptAt epoch milliseconds when the next one begins, or null while one runs
 * @param lastFailure what the attempt before failed with, or null
 * @param progress how far it is by its newest heartbeat, or null
 */
public record PendingStep(
    String step,
    boolean running,
    int attempt,
    int maximumAttempts,
    Long startedAt,
    Long nextAttemptAt,
    String lastFailure,
    Progress progress) {}
