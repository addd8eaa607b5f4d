package io.reseal.catalog;

import io.reseal.contract.BatchState;
import io.reseal.plan.UnsealedWish;
import java.util.regex.Pattern;

/**
 * A batch as the catalog keeps it, without its sectors.
 *
 * @param name its name
 * @param sectors how many sectors it has
 * @param parallel rebuilds that may run at a time
 * @param host the only host that may do it, or null for any
 * @param prove whether seal proofs are made too
 * @param force whether to seal even sectors that are not lost
 * @param urgent whether its rebuilds go before others
 * @param unsealed what its rebuilds do about unsealed copies, or null
 * @param byCost whether its order follows the cost of waiting while it runs
 * @param insist whether those of such a batch that are too late to be proven are rebuilt all the
 *     same
 * @param requestedBy who requested it
 * @param startedAt epoch milliseconds when it was first requested, by the database's clock
 * @param endedAt epoch milliseconds, or null while it lasts
 * @param state its state
 * @param note who did what last, or how it ended; may be null
 */
public record BatchRecord(
    String name,
    int sectors,
    int parallel,
    String host,
    boolean prove,
    boolean force,
    boolean urgent,
    UnsealedWish unsealed,
    boolean byCost,
    boolean insist,
    String requestedBy,
    long startedAt,
    Long endedAt,
    BatchState state,
    String note) {

  /** The default: enough to keep every sealing thread of a fleet busy. */
  public static final int USUAL_PARALLEL = 64;

  /** Well below the number of children that one workflow may have open. */
  public static final int MOST_PARALLEL = 1_000;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  public BatchRecord {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a name for a batch: give 1 to 100 letters, digits, dots, dashes or underscores, a letter or digit first."
              .formatted(name));
    }
  }

  /**
   * A batch that is being requested.
   *
   * @throws IllegalArgumentException if it cannot have that name or so many rebuilds at a time
   */
  public static BatchRecord asked(
      String name,
      int sectors,
      int parallel,
      String host,
      boolean prove,
      boolean force,
      boolean urgent,
      UnsealedWish unsealed,
      String requestedBy) {
    if (parallel < 1 || parallel > MOST_PARALLEL) {
      throw new IllegalArgumentException(
          "--parallel must be a number from 1 to %d.".formatted(MOST_PARALLEL));
    }
    return new BatchRecord(
        name,
        sectors,
        parallel,
        host,
        prove,
        force,
        urgent,
        unsealed,
        false,
        false,
        requestedBy,
        0,
        null,
        BatchState.STARTING,
        null);
  }

  /**
   * The same batch in an order that follows the cost of waiting.
   *
   * @param insisting see {@link #insist}
   */
  public BatchRecord orderedByCost(boolean insisting) {
    return new BatchRecord(
        name,
        sectors,
        parallel,
        host,
        prove,
        force,
        urgent,
        unsealed,
        true,
        insisting,
        requestedBy,
        startedAt,
        endedAt,
        state,
        note);
  }
}
