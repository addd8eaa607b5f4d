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

/**
 * The state machine of a rebuild as one table: which steps can run in each state, and what else can
 * happen there. Each step itself names the state that it reaches.
 */
public final class StateTable {

  private static final Map<RebuildState, Set<Step>> STEPS = new EnumMap<>(RebuildState.class);

  static {
    in(ALLOCATED, Step.FETCH_PIECES, Step.DOWNLOAD_PIECES, Step.KEEP_KEY, Step.ADD_PIECES);
    in(PIECE_ADDED, Step.TREE_D);
    in(TREE_D_BUILT, Step.PC1);
    in(PC1_DONE, Step.PC2);
    in(PC2_DONE, Step.SYNTHETIC, Step.CHECK_SEALED);
    in(SYNTHETIC_POREP, Step.CHECK_SEALED);
    in(SEALED_CHECKED, Step.WAIT_SEED, Step.C1, Step.C2, Step.SKIP_SNAP, Step.SNAP_ADD_PIECES);
    in(SNAP_PIECE_ADDED, Step.SNAP_TREE_D);
    in(SNAP_TREE_D_BUILT, Step.SNAP_ENCODE);
    in(SNAP_ENCODED, Step.CHECK_SNAP);
    in(SNAP_DONE, Step.PERSIST);
    in(PERSISTED, Step.CHECK_STORED);
  }

  private StateTable() {}

  private static void in(RebuildState state, Step first, Step... others) {
    STEPS.put(state, EnumSet.of(first, others));
  }

  /** The state that a step reaches, or nothing if it cannot run in that state. */
  public static Optional<RebuildState> find(RebuildState state, Step step) {
    return STEPS.getOrDefault(state, Set.of()).contains(step)
        ? Optional.of(step.reachedFrom(state))
        : Optional.empty();
  }

  /** The state that a happening leads to, or nothing if it cannot happen in that state. */
  public static Optional<RebuildState> find(RebuildState state, Happening happening) {
    if (state.isEnd()) {
      return Optional.empty();
    }
    return switch (happening) {
      case THREAD_HELD -> Optional.of(state == EMPTY ? ALLOCATED : state);
      case NOTHING_LOST -> state == ALLOCATED ? Optional.of(FINISHED) : Optional.empty();
      // A rebuild that has its files in a store no longer needs its scratch.
      case SCRATCH_LOST -> state == PERSISTED ? Optional.empty() : Optional.of(EMPTY);
      case ABORTED -> Optional.of(ABORTED);
    };
  }

  /** The state that a step reaches; one that cannot run in that state is a bug. */
  public static RebuildState next(RebuildState state, Step step) {
    return find(state, step).orElseThrow(() -> cannotFollow(step.title(), state));
  }

  /** The state that a happening leads to; one that cannot happen in that state is a bug. */
  public static RebuildState next(RebuildState state, Happening happening) {
    return find(state, happening).orElseThrow(() -> cannotFollow(happening.name(), state));
  }

  private static IllegalStateException cannotFollow(String what, RebuildState state) {
    return new IllegalStateException("%s cannot follow %s.".formatted(what, state));
  }

  /**
   * The states that a rebuild can be set back to, earliest first: those that its plan reaches on
   * the way to the current one. None from an end, nor from a state that the plan does not reach.
   */
  public static List<RebuildState> backFrom(RebuildState now, List<Step> plan) {
    Set<RebuildState> way = EnumSet.of(EMPTY);
    RebuildState reached = next(EMPTY, Happening.THREAD_HELD);
    way.add(reached);
    for (Step step : plan) {
      reached = next(reached, step);
      way.add(reached);
    }
    return now.isEnd() || !way.contains(now)
        ? List.of()
        : way.stream().filter(state -> state.compareTo(now) <= 0).toList();
  }
}
