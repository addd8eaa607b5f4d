package io.reseal.plan;

import static io.reseal.sector.RebuildState.ABORTED;
import static io.reseal.sector.RebuildState.ALLOCATED;
import static io.reseal.sector.RebuildState.EMPTY;
import static io.reseal.sector.RebuildState.FINISHED;
import static io.reseal.sector.RebuildState.PERSISTED;

import io.reseal.sector.RebuildState;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The state machine of a rebuild: where its steps lead, and what else can happen in each state. */
public final class StateTable {

  private StateTable() {}

  /** The state that a step reaches, or nothing if it cannot run in that state. */
  public static Optional<RebuildState> find(RebuildState state, Step step) {
    return step.reachedFrom(state);
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
