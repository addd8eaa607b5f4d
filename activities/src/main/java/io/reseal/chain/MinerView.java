package io.reseal.chain;

import io.reseal.sector.SectorId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One miner as the chain has it at one head: what several of its sectors share is asked for once.
 */
final class MinerView {

  private static final int DEADLINES = 48;

  /** Everything is asked for once under one key. */
  private static final String ALL = "all";

  private final ChainApi api;
  private final long miner;
  private final Tipset head;
  private final boolean many;
  private final Messages messages;
  private final Once<String, BitField> faults = new Once<>();
  private final Once<String, Map<ChainApi.Place, ChainApi.Partition>> places = new Once<>();
  private final Once<String, Long> delay = new Once<>();
  private final Once<Long, Tipset> tipsets = new Once<>();
  private final Once<Long, LotusNodes.Answer<String>> tickets = new Once<>();
  private final Once<Long, LotusNodes.Answer<String>> seeds = new Once<>();
  private final Once<Long, List<ActorEvents.Event>> events = new Once<>();
  private final Once<Integer, List<ChainApi.Partition>> deadlines = new Once<>();
  private final Once<SectorId, ChainApi.Place> placesOfFew = new Once<>();
  private final EventHistory history;

  /**
   * @param many whether so many sectors are asked for that all partitions cost less than each
   *     sector's
   */
  MinerView(ChainApi api, long miner, Tipset head, boolean many) {
    this.api = api;
    this.miner = miner;
    this.head = head;
    this.many = many;
    this.messages = new Messages(api, miner, head);
    this.history = new EventHistory(api, miner, head.height());
  }

  Tipset head() {
    return head;
  }

  Messages messages() {
    return messages;
  }

  /** The sectors that are declared faulty, or were found so. */
  BitField faults() {
    return faults.get(ALL, all -> api.faults(miner, head));
  }

  /** Every sector that has been proven is in one of them. */
  List<ChainApi.Partition> partitions() {
    return List.copyOf(places().values());
  }

  /** Where a sector is proven. */
  ChainApi.Place place(SectorId sector) {
    if (!many) {
      return placesOfFew.get(sector, asked -> api.place(asked, head));
    }
    return places().entrySet().stream()
        .filter(place -> place.getValue().live().contains(sector.number()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new MalformedException("no partition has sector " + sector));
  }

  /**
   * Whether a sector was terminated or has expired: the chain keeps its record, and lists it in its
   * partition, for some time.
   */
  boolean hasEnded(SectorId sector) {
    long number = sector.number();
    if (many) {
      List<ChainApi.Partition> of =
          partitions().stream().filter(each -> each.all().contains(number)).toList();
      return !of.isEmpty() && of.stream().noneMatch(each -> each.live().contains(number));
    }
    ChainApi.Place place = place(sector);
    return partitions(place.deadline()).stream()
        .skip(place.partition())
        .findFirst()
        .filter(its -> its.all().contains(number) && !its.live().contains(number))
        .isPresent();
  }

  private List<ChainApi.Partition> partitions(int deadline) {
    return deadlines.get(deadline, asked -> api.partitions(miner, asked, head));
  }

  private Map<ChainApi.Place, ChainApi.Partition> places() {
    return places.get(
        ALL,
        all -> {
          Map<ChainApi.Place, ChainApi.Partition> found =
              new TreeMap<>(
                  Comparator.comparingInt(ChainApi.Place::deadline)
                      .thenComparingInt(ChainApi.Place::partition));
          for (int deadline = 0; deadline < DEADLINES; deadline++) {
            List<ChainApi.Partition> partitions = partitions(deadline);
            for (int partition = 0; partition < partitions.size(); partition++) {
              found.put(new ChainApi.Place(deadline, partition), partitions.get(partition));
            }
          }
          return found;
        });
  }

  Tipset tipset(long height) {
    return tipsets.get(height, asked -> api.tipset(asked, head));
  }

  /**
   * The ticket of an epoch; if nodes do not return what all tickets of it are made from, the
   * miner's own.
   */
  LotusNodes.Answer<String> ticket(long epoch) {
    return tickets.get(
        epoch,
        asked -> {
          try {
            LotusNodes.Answer<String> digest = api.ticketDigest(asked, head);
            return new LotusNodes.Answer<>(
                ChainApi.ticketOf(digest.value(), miner, asked), digest.unconfirmed());
          } catch (NodesException e) {
            if (e.isUnreachable()) {
              throw e;
            }
            return api.ticket(miner, asked, head);
          }
        });
  }

  /** The epoch of the seed of a pre-commit. */
  long seedEpoch(long preCommitEpoch) {
    return Math.addExact(preCommitEpoch, delay.get(ALL, all -> api.challengeDelay()));
  }

  LotusNodes.Answer<String> seed(long epoch) {
    return seeds.get(epoch, asked -> api.seed(miner, asked, head));
  }

  /** The events of one height. */
  List<ActorEvents.Event> events(long height) {
    return events.get(height, asked -> api.events(miner, asked, asked));
  }

  EventHistory history() {
    return history;
  }
}
