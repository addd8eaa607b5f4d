package io.reseal.chain;

import io.reseal.losses.MinerOnChain;
import io.reseal.losses.ProvingClock;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.SectorOnChain.State;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

/**
 * Reads all sectors of a miner as the chain has them at one tipset, deadline by deadline. A few
 * calls are made for each partition, and one more only for each faulty sector. Where two nodes
 * answer, their answers are compared sector by sector.
 */
public final class MinerSurvey {

  /** The answer takes the node long, so few are asked for at a time. */
  private static final int ENDINGS_AT_A_TIME = 4;

  /** More sectors than any partition has: a node that lists so many is not believed. */
  private static final long MOST_IN_A_PARTITION = 100_000;

  /**
   * The tipset that everything is asked at, so that no deadline ends in between.
   *
   * @param height its epoch
   * @param blocks CIDs of its blocks
   */
  public record Pin(long height, List<String> blocks) {}

  private final ChainApi api;
  private final long miner;
  private final Tipset at;
  private final Set<String> remarks = new LinkedHashSet<>();

  private MinerSurvey(ChainApi api, long miner, Tipset at) {
    this.api = api;
    this.miner = miner;
    this.at = at;
  }

  /** A survey at the head of the chain. */
  public static MinerSurvey atHead(LotusNodes nodes, long miner) {
    ChainApi api = new ChainApi(nodes);
    return new MinerSurvey(api, miner, api.head());
  }

  /** A survey that goes on where another one began. */
  public static MinerSurvey at(LotusNodes nodes, long miner, Pin pin) {
    return new MinerSurvey(new ChainApi(nodes), miner, new Tipset(pin.height(), pin.blocks()));
  }

  public Pin pin() {
    return new Pin(at.height(), at.blocks());
  }

  /** What was not confirmed by a second node, one sentence each. */
  public List<String> remarks() {
    return List.copyOf(remarks);
  }

  /**
   * The miner itself.
   *
   * @throws RefusedException if the nodes are of different networks
   * @throws NodesException if no node knows the miner
   */
  public MinerOnChain miner() {
    String network = network();
    ProvingClock clock = clock();
    return new MinerOnChain(
        miner,
        network,
        clock,
        api.funds(miner, at),
        api.estimates(at),
        api.consensusFaultUntil(miner, at));
  }

  private String network() {
    Set<String> names = new LinkedHashSet<>(api.networkNames());
    if (names.size() > 1) {
      throw new RefusedException(
          "The nodes are of different networks (%s): leave out those of the wrong one."
              .formatted(String.join(", ", names)));
    }
    return names.iterator().next();
  }

  /** The miner's deadlines, seen from this tipset. */
  public ProvingClock clock() {
    return api.clock(miner, api.epochLength(), at);
  }

  /**
   * One sector.
   *
   * @throws NodesException if no node knows it
   */
  public SectorOnChain sector(SectorId sector) {
    ChainApi.Place place = api.place(sector, at);
    return sectors(place.deadline(), number -> number == sector.number()).stream()
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    "The node has sector %s in deadline %d but does not list it there; ask another node."
                        .formatted(sector, place.deadline())));
  }

  /** The sectors of one deadline, those included that have ended and are still listed. */
  public List<SectorOnChain> deadline(int deadline) {
    return sectors(deadline, number -> true);
  }

  private List<SectorOnChain> sectors(int deadline, LongPredicate wanted) {
    LotusNodes.Both<List<ChainApi.PartitionStatus>> both =
        noted(api.partitionStatus(miner, deadline, at));
    Map<Long, Standing> first = standings(both.first().value());
    Map<Long, Standing> all = new TreeMap<>(first);
    Disputes disputes = new Disputes();
    if (both.second().isPresent() && !both.second().get().value().equals(both.first().value())) {
      Map<Long, Standing> second = standings(both.second().get().value());
      second.forEach(all::putIfAbsent);
      disputes.compare(
          both.first().node(), first, both.second().get().node(), second, Standing::toString);
    }
    all.keySet().removeIf(number -> !wanted.test(number));
    Map<Long, MinerSector> records = records(all, disputes);
    Map<Long, Long> early = early(all, disputes);
    return all.entrySet().stream()
        .map(
            entry ->
                sector(
                    entry.getKey(),
                    deadline,
                    entry.getValue(),
                    records.get(entry.getKey()),
                    early.getOrDefault(entry.getKey(), 0L),
                    disputes.of(entry.getKey())))
        .toList();
  }

  private SectorOnChain sector(
      long number, int deadline, Standing standing, MinerSector its, long early, String disputed) {
    if (its == null) {
      throw new RefusedException(
          "The node lists sector %s in deadline %d but has no record of it; ask another node."
              .formatted(new SectorId(miner, number), deadline));
    }
    OnChainSector identity = its.identity();
    return new SectorOnChain(
        new SectorId(miner, number),
        deadline,
        standing.partition(),
        standing.state(identity.expiration() <= at.height()),
        early,
        identity.proof(),
        identity.sealedCid(),
        identity.isSnapped(),
        identity.holdsData().orElse(false),
        its.worth(),
        disputed);
  }

  /** What a partition says of a sector. */
  private record Standing(
      int partition, boolean live, boolean faulty, boolean recovering, boolean active) {

    /**
     * @param due whether it should have expired
     */
    State state(boolean due) {
      if (!live) {
        return due ? State.EXPIRED : State.TERMINATED;
      }
      if (faulty) {
        return recovering ? State.RECOVERING : State.FAULTY;
      }
      return active ? State.ACTIVE : State.UNPROVEN;
    }

    /** For people. */
    @Override
    public String toString() {
      return live
          ? "%s in partition %d".formatted(state(false).name().toLowerCase(Locale.ROOT), partition)
          : "ended";
    }
  }

  private static Map<Long, Standing> standings(List<ChainApi.PartitionStatus> partitions) {
    Map<Long, Standing> standings = new TreeMap<>();
    for (int index = 0; index < partitions.size(); index++) {
      ChainApi.PartitionStatus partition = partitions.get(index);
      if (partition.all().size() > MOST_IN_A_PARTITION) {
        throw new RefusedException(
            "The node reports %,d sectors in one partition, which is impossible."
                .formatted(partition.all().size()));
      }
      int of = index;
      partition
          .all()
          .forEach(
              number ->
                  standings.put(
                      number,
                      new Standing(
                          of,
                          partition.live().contains(number),
                          partition.faulty().contains(number),
                          partition.recovering().contains(number),
                          partition.active().contains(number))));
    }
    return standings;
  }

  private Map<Long, MinerSector> records(Map<Long, Standing> standings, Disputes disputes) {
    Map<Integer, List<Long>> byPartition =
        standings.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    entry -> entry.getValue().partition(),
                    Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    Map<Long, MinerSector> records = new TreeMap<>();
    for (List<Long> numbers : byPartition.values()) {
      LotusNodes.Both<List<MinerSector>> both =
          noted(api.minerSectors(miner, BitField.of(numbers), at));
      Map<Long, MinerSector> first = byNumber(both.first().value());
      both.second()
          .filter(second -> !second.value().equals(both.first().value()))
          .ifPresent(
              second -> {
                Map<Long, MinerSector> others = byNumber(second.value());
                records.putAll(others);
                disputes.compare(
                    both.first().node(),
                    first,
                    second.node(),
                    others,
                    record -> record.identity().toString());
              });
      records.putAll(first);
    }
    return records;
  }

  private static Map<Long, MinerSector> byNumber(List<MinerSector> sectors) {
    return sectors.stream()
        .collect(
            Collectors.toMap(
                sector -> sector.identity().number(),
                Function.identity(),
                (one, other) -> one,
                TreeMap::new));
  }

  /** When each faulty sector is terminated. */
  private Map<Long, Long> early(Map<Long, Standing> standings, Disputes disputes) {
    List<Long> faulty =
        standings.entrySet().stream()
            .filter(entry -> entry.getValue().state(false).isFaulty())
            .map(Map.Entry::getKey)
            .toList();
    Map<Long, Long> early = new TreeMap<>();
    if (faulty.isEmpty()) {
      return early;
    }
    ExecutorService pool = Executors.newFixedThreadPool(ENDINGS_AT_A_TIME);
    try {
      List<Future<LotusNodes.Both<ChainApi.Ending>>> asked = new ArrayList<>();
      for (long number : faulty) {
        asked.add(pool.submit(() -> api.ending(new SectorId(miner, number), at)));
      }
      for (int i = 0; i < faulty.size(); i++) {
        long number = faulty.get(i);
        LotusNodes.Both<ChainApi.Ending> both = noted(result(asked.get(i)));
        early.put(number, both.first().value().early());
        both.second()
            .ifPresent(
                second ->
                    disputes.compare(
                        both.first().node(),
                        Map.of(number, both.first().value()),
                        second.node(),
                        Map.of(number, second.value()),
                        ending -> "terminated at epoch %d".formatted(ending.early())));
      }
    } finally {
      pool.shutdownNow();
    }
    return early;
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The survey was interrupted.", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private <T> LotusNodes.Both<T> noted(LotusNodes.Both<T> both) {
    both.unconfirmed().ifPresent(remarks::add);
    return both;
  }

  /** What two nodes say of sectors that differs. */
  private static final class Disputes {

    private final Map<Long, String> texts = new TreeMap<>();

    <T> void compare(
        LotusNode one,
        Map<Long, T> first,
        LotusNode other,
        Map<Long, T> second,
        Function<T, String> text) {
      Set<Long> numbers = new TreeSet<>(first.keySet());
      numbers.addAll(second.keySet());
      for (long number : numbers) {
        String said = said(first.get(number), text);
        String otherwise = said(second.get(number), text);
        // Nodes of different versions may differ in what decides nothing.
        if (!said.equals(otherwise)) {
          texts.merge(
              number,
              "%s says %s, %s says %s".formatted(one, said, other, otherwise),
              "%s; %s"::formatted);
        }
      }
    }

    private static <T> String said(T value, Function<T, String> text) {
      return value == null ? "nothing" : text.apply(value);
    }

    /** Null if there is none. */
    String of(long number) {
      return texts.get(number);
    }
  }
}
