package io.reseal.catalog;

import io.reseal.contract.ChangeKind;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The rebuild runs in the catalog, each with its state changes. */
public final class RunRepository {

  /** How many of a step's newest durations its usual duration is computed from. */
  private static final int LEARNED_FROM = 9;

  private final CatalogAccess access;

  RunRepository(CatalogAccess access) {
    this.access = access;
  }

  /**
   * Updates the run's row and adds its state changes. Repeating it changes nothing. A record that
   * arrives late adds its changes but leaves a newer row as it is: newer means the higher sequence
   * number, because clocks may jump. A record without changes updates the row of an unfinished run.
   */
  public void record(RunRecord run, List<StateChange> changes) {
    Integer newestSeq = changes.stream().map(StateChange::seq).max(Integer::compareTo).orElse(null);
    access.write(
        RunTable.class,
        table -> {
          // The insert locks the run's row, new or old, so that two records of a run take turns.
          table.insertUnlessThere(run, newestSeq);
          table.updateIfNewer(run, newestSeq);
          table.insertChangesUnlessThere(run.runId(), changes);
        });
  }

  /** How many rebuilds have not ended, by state and by what they wait for a person because of. */
  public List<OpenRebuilds> countOpen() {
    return access.read(RunTable.class, RunTable::countOpen);
  }

  /**
   * Remembers which Temporal runs it, by the ids of its cluster and namespace. Does nothing if the
   * run is unknown.
   */
  public void isIn(String runId, String temporal) {
    access.write(RunTable.class, table -> table.isIn(runId, temporal));
  }

  /** Which Temporal runs it; empty for a run that an older version recorded. */
  public Optional<String> temporalOf(String runId) {
    return access.read(RunTable.class, table -> table.temporalOf(runId));
  }

  /** Which Temporal runs the newest rebuild that a batch started; empty if none is known. */
  public Optional<String> temporalOfBatch(String batch) {
    return access.read(RunTable.class, table -> table.temporalOfBatch(batch));
  }

  /** Every Temporal that runs an unfinished rebuild. */
  public List<String> temporalsOfUnfinished() {
    return access.read(RunTable.class, RunTable::temporalsOfUnfinished);
  }

  /** A sector's newest run. */
  public Optional<RunRecord> latest(SectorId sector) {
    return access.read(RunTable.class, table -> table.latest(sector));
  }

  /** A rebuild by Temporal's id of its first or its newest run. */
  public Optional<RunRecord> find(String runId) {
    return access.read(RunTable.class, table -> table.find(runId));
  }

  /** The run's state changes in order. */
  public List<StateChange> changes(String runId) {
    return access.read(RunTable.class, table -> table.changes(runId));
  }

  /** All runs of a sector, newest first. */
  public List<RunRecord> ofSector(SectorId sector) {
    return access.read(RunTable.class, table -> table.ofSector(sector));
  }

  /** An unfinished run, with its thread's progress and its place in the queue. */
  public Optional<RebuildLine> unfinished(String runId) {
    return access.read(RunTable.class, table -> table.unfinished(runId));
  }

  /** Unfinished runs, newest first. */
  public List<RunRecord> unfinished(RunFilter filter) {
    List<RunRecord> runs = new ArrayList<>();
    eachUnfinished(filter, line -> runs.add(line.run()));
    return runs;
  }

  /** Passes the unfinished runs to the taker, newest first. */
  public void eachUnfinished(RunFilter filter, Consumer<RebuildLine> taker) {
    access.scan(RunTable.class, table -> table.unfinished(filter, taker));
  }

  /** Passes the runs that finished or were aborted to the taker, the last to end first. */
  public void eachEnded(RunFilter filter, Consumer<RebuildLine> taker) {
    access.scan(RunTable.class, table -> table.ended(filter, taker));
  }

  /**
   * How long a step usually takes on a host: the median of the newest ones that succeeded there.
   *
   * @param step its title
   * @param proof for sectors of this proof
   * @return milliseconds; empty before the first one
   */
  public OptionalLong typicalMillis(String host, String step, SealProof proof) {
    List<Long> newest =
        access
            .read(
                RunTable.class,
                table -> table.newestMillis(host, step, proof.registeredName(), LEARNED_FROM))
            .stream()
            .sorted()
            .toList();
    return newest.isEmpty() ? OptionalLong.empty() : OptionalLong.of(newest.get(newest.size() / 2));
  }

  /**
   * Ends a run that can no longer record anything itself: it becomes Aborted, with a last state
   * change that records it. Does nothing if the run is unknown or has ended.
   *
   * @param why how it ended and what to do, for people
   * @param at epoch milliseconds
   * @return whether it was ended
   */
  public boolean endFromOutside(String runId, String why, long at) {
    boolean[] ended = new boolean[1];
    access.write(
        RunTable.class,
        table -> {
          // The row is locked first: a record of the run that arrives now waits, and then finds the
          // run ended.
          ended[0] = table.endFromOutside(runId, why, at) > 0;
          if (ended[0]) {
            table.insertEnd(runId, ChangeKind.ENDED_FROM_OUTSIDE.toString(), why);
          }
        });
    return ended[0];
  }

  /**
   * Shows a failed attempt's message as the run's last error until the next record of the run. Does
   * nothing if the run is unknown or has ended.
   *
   * @param runId Temporal's id of the rebuild's newest run
   * @param at epoch milliseconds by the clock of the host where it failed
   */
  public void noteError(String runId, String error, long at) {
    access.write(
        RunTable.class,
        table -> {
          table.noteError(runId, error, at);
        });
  }
}
