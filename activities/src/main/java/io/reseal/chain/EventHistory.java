package io.reseal.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One miner's events over long times. Nodes refuse to search more than a number of heights at once,
 * or to return more than a number of events; then the heights are asked for in stretches, newest
 * first, each once for all sectors.
 */
final class EventHistory {

  /** Heights that a Lotus node searches at once by its standard configuration. */
  private static final long USUAL = 2880;

  /** Found out once, under one key. */
  private static final String LENGTH = "length";

  private final ChainApi api;
  private final long miner;
  private final long head;
  private final Once<String, Long> length = new Once<>();
  private final Once<Long, List<ActorEvents.Event>> stretches = new Once<>();

  EventHistory(ChainApi api, long miner, long head) {
    this.api = api;
    this.miner = miner;
    this.head = head;
  }

  /**
   * The newest event of a kind at these heights.
   *
   * @throws NodesException if some of the heights cannot be asked for, and no newer ones have it
   */
  Optional<ActorEvents.Event> newest(long from, long to, Predicate<ActorEvents.Event> kind) {
    List<ActorEvents.Event> all;
    try {
      all = api.events(miner, from, to);
    } catch (NodesException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      return newestByStretches(from, to, kind);
    }
    return newest(all, kind);
  }

  private Optional<ActorEvents.Event> newestByStretches(
      long from, long to, Predicate<ActorEvents.Event> kind) {
    long heights = length.get(LENGTH, any -> allowed());
    for (long stretch = to / heights; stretch >= from / heights; stretch--) {
      long first = stretch * heights;
      Optional<ActorEvents.Event> found =
          newest(
              stretches.get(first, any -> ask(first, Math.min(head, first + heights - 1))), kind);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** How many heights the nodes search at once. */
  private long allowed() {
    long heights = USUAL;
    while (true) {
      try {
        api.events(miner, Math.max(0, head - heights + 1), head);
        return heights;
      } catch (NodesException e) {
        if (e.isUnreachable() || heights == 1) {
          throw e;
        }
        heights /= 2;
      }
    }
  }

  /** Events of a stretch; halves it where there are more events than the nodes return at once. */
  private List<ActorEvents.Event> ask(long from, long to) {
    try {
      return api.events(miner, from, to);
    } catch (NodesException e) {
      if (e.isUnreachable() || from == to) {
        throw e;
      }
    }
    long middle = (from + to) / 2;
    // The newer half first: if a node has lost the older one, that is the shorter way to find out.
    List<ActorEvents.Event> newer = ask(middle + 1, to);
    List<ActorEvents.Event> all = new ArrayList<>(ask(from, middle));
    all.addAll(newer);
    return all;
  }

  private static Optional<ActorEvents.Event> newest(
      List<ActorEvents.Event> events, Predicate<ActorEvents.Event> kind) {
    return events.stream().filter(kind).reduce((earlier, later) -> later);
  }
}
