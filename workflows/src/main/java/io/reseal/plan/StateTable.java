package io.reseal.plan;

import static io.reseal.sector.RebuildState.ABORTED;
import static io.reseal.sector.RebuildState.ALLOCATED;
import static io.reseal.sector.RebuildState.EMPTY;
import static io.reseal.sector.RebuildState.FINISHED;
import static io.reseal.sector.RebuildState.PC1_DONE;
import static io.reseal.sector.RebuildState.PC2_DONE;
import static io.reseal.sector.RebuildState.PERSISTED;
import static io.reseal.sector.RebuildState.PIECE_ADDED;
import static io.reseal.sector.RebuildState.SEALED_CHECKED;
import static io.reseal.sector.RebuildState.SNAP_DONE;
import static io.reseal.sector.RebuildState.SNAP_ENCODED;
import static io.reseal.sector.RebuildState.SNAP_PIECE_ADDED;
import static io.reseal.sector.RebuildState.SNAP_TREE_D_BUILT;
import static io.reseal.sector.RebuildState.SYNTHETIC_POREP;
import static io.reseal.sector.RebuildState.TREE_D_BUILT;

import io.reseal.sector.RebuildState;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The state machine of a rebuild as one table: state and event to state. */
public final class StateTable {

  private static final Map<RebuildState, Map<Event, RebuildState>> TABLE =
      new EnumMap<>(RebuildState.class);

  static {
    row(EMPTY).put(Event.THREAD_HELD, ALLOCATED);
    row(ALLOCATED).put(Event.PIECES_FETCHED, ALLOCATED);
    row(ALLOCATED).put(Event.PIECES_DOWNLOADED, ALLOCATED);
    row(ALLOCATED).put(Event.NOTHING_LOST, FINISHED);
    row(ALLOCATED).put(Event.KEY_KEPT, SEALED_CHECKED);
    row(ALLOCATED).put(Event.PIECES_ADDED, PIECE_ADDED);
    row(PIECE_ADDED).put(Event.TREE_D_BUILT, TREE_D_BUILT);
    row(TREE_D_BUILT).put(Event.LAYERS_BUILT, PC1_DONE);
    row(PC1_DONE).put(Event.TREES_BUILT, PC2_DONE);
    row(PC2_DONE).put(Event.SEAL_CHECKED, SEALED_CHECKED);
    row(PC2_DONE).put(Event.SYNTHETIC_PROVED, SYNTHETIC_POREP);
    row(SYNTHETIC_POREP).put(Event.SEAL_CHECKED, SEALED_CHECKED);
    row(SEALED_CHECKED).put(Event.SEED_KNOWN, SEALED_CHECKED);
    row(SEALED_CHECKED).put(Event.VANILLA_PROVED, SEALED_CHECKED);
    row(SEALED_CHECKED).put(Event.PROOF_KEPT, SEALED_CHECKED);
    row(SEALED_CHECKED).put(Event.SNAP_SKIPPED, SNAP_DONE);
    row(SEALED_CHECKED).put(Event.SNAP_PIECES_ADDED, SNAP_PIECE_ADDED);
    row(SNAP_PIECE_ADDED).put(Event.SNAP_TREE_D_BUILT, SNAP_TREE_D_BUILT);
    row(SNAP_TREE_D_BUILT).put(Event.SNAP_ENCODED, SNAP_ENCODED);
    row(SNAP_ENCODED).put(Event.SNAP_CHECKED, SNAP_DONE);
    row(SNAP_DONE).put(Event.FILES_STORED, PERSISTED);
    row(PERSISTED).put(Event.STORED_CHECKED, FINISHED);
    for (RebuildState state : RebuildState.values()) {
      if (!state.isEnd()) {
        row(state).put(Event.ABORTED, ABORTED);
        // A rebuild that has its files in a store needs its scratch no more.
        if (state != PERSISTED) {
          row(state).put(Event.SCRATCH_LOST, EMPTY);
        }
        // A thread is also held anew after a park or a lost host: the state stays.
        row(state).putIfAbsent(Event.THREAD_HELD, state);
      }
    }
  }

  private StateTable() {}

  /** Where an event leads, or nothing if it cannot happen in that state. */
  public static Optional<RebuildState> find(RebuildState state, Event event) {
    return Optional.ofNullable(TABLE.getOrDefault(state, Map.of()).get(event));
  }

  /** Where an event leads; one that cannot happen there is a fault of the program. */
  public static RebuildState next(RebuildState state, Event event) {
    return find(state, event)
        .orElseThrow(
            () -> new IllegalStateException("%s cannot follow %s.".formatted(event, state)));
  }

  /**
   * The states that a rebuild may be set back to, the earliest first: those on its plan's way up to
   * where it is. None from an end, nor from a state that is not on the way.
   */
  public static List<RebuildState> backFrom(RebuildState now, List<Step> plan) {
    Set<RebuildState> way = EnumSet.of(EMPTY);
    RebuildState reached = next(EMPTY, Event.THREAD_HELD);
    way.add(reached);
    for (Step step : plan) {
      reached = next(reached, step.done());
      way.add(reached);
    }
    return now.isEnd() || !way.contains(now)
        ? List.of()
        : way.stream().filter(state -> state.compareTo(now) <= 0).toList();
  }

  private static Map<Event, RebuildState> row(RebuildState state) {
    return TABLE.computeIfAbsent(state, unused -> new EnumMap<>(Event.class));
  }
}
