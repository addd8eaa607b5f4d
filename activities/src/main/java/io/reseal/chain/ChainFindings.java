package io.reseal.chain;

import io.reseal.problem.RefusedException;
import io.reseal.record.Findings;
import io.reseal.record.TicketEpochs;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Imports what the chain knows of sectors, one or many: what many of them share is asked for only
 * once, and several are asked for at a time.
 */
public final class ChainFindings {

  /** Takes what is found, one sector after the other, in the order they were asked for. */
  public interface Taker {

    void found(Findings findings);

    /**
     * Nothing was found that may be taken.
     *
     * @param why a sentence
     */
    void nothing(SectorId sector, String why);
  }

  /** The chain's name as a source. */
  public static final String SOURCE = Findings.CHAIN;

  /** Sectors asked for in one call. */
  private static final int CHUNK = 1000;

  /** From so many sectors on, all of a miner's partitions cost less than a call for each. */
  private static final int MANY = 10;

  private static final int AT_A_TIME = 8;

  /** More sectors than any miner has: a list of so many is not believed. */
  private static final long MOST = 10_000_000;

  private final ChainApi api;

  public ChainFindings(LotusNodes nodes) {
    this.api = new ChainApi(nodes);
  }

  /**
   * A miner's sectors.
   *
   * @param live those that the chain expects proofs of, in order
   * @param ended how many more are still listed that were terminated or have expired
   */
  public record Listing(List<SectorId> live, long ended) {}

  /** All sectors of a miner whose proof has landed. */
  public Listing all(long miner) {
    List<ChainApi.Partition> partitions = new MinerView(api, miner, api.head(), true).partitions();
    return new Listing(
        partitions.stream()
            .flatMap(partition -> sectors(miner, partition.live()).stream())
            .sorted()
            .toList(),
        partitions.stream()
            .mapToLong(partition -> Math.max(0, partition.all().size() - partition.live().size()))
            .sum());
  }

  /** The sectors of a miner that the chain counts as faulty. */
  public List<SectorId> faulty(long miner) {
    return sectors(miner, api.faults(miner, api.head()));
  }

  /**
   * Asks for sectors.
   *
   * @throws NodesException if no node can be reached; what was found before has been given
   */
  public void each(List<SectorId> sectors, Taker taker) {
    each(sectors, TicketEpochs.NONE, taker);
  }

  /**
   * Asks for sectors, as above.
   *
   * @param epochs of tickets, as other sources give them: at these, tickets are drawn whose epochs
   *     the nodes no longer know
   */
  public void each(List<SectorId> sectors, TicketEpochs epochs, Taker taker) {
    Tipset head = api.head();
    Map<Long, List<SectorId>> byMiner =
        sectors.stream()
            .collect(
                Collectors.groupingBy(SectorId::miner, LinkedHashMap::new, Collectors.toList()));
    ExecutorService pool = Executors.newFixedThreadPool(AT_A_TIME);
    try {
      byMiner.forEach(
          (miner, own) -> {
            MinerView view = new MinerView(api, miner, head, own.size() >= MANY);
            for (int from = 0; from < own.size(); from += CHUNK) {
              List<SectorId> some = own.subList(from, Math.min(own.size(), from + CHUNK));
              chunk(view, some, epochs, pool, taker);
            }
          });
    } finally {
      pool.shutdownNow();
    }
  }

  private void chunk(
      MinerView view,
      List<SectorId> sectors,
      TicketEpochs epochs,
      ExecutorService pool,
      Taker taker) {
    Map<Long, LotusNodes.Answer<Optional<OnChainSector>>> known = together(view, sectors);
    List<Future<Found>> asked = new ArrayList<>();
    for (SectorId sector : sectors) {
      Callable<Found> one =
          () -> one(view, sector, epochs, Optional.ofNullable(known.get(sector.number())));
      asked.add(pool.submit(one));
    }
    asked.forEach(future -> result(future).give(taker));
  }

  /** The records of many sectors by one call; none if they cannot be fetched that way. */
  private Map<Long, LotusNodes.Answer<Optional<OnChainSector>>> together(
      MinerView view, List<SectorId> sectors) {
    Map<Long, LotusNodes.Answer<Optional<OnChainSector>>> known = new LinkedHashMap<>();
    if (sectors.size() < MANY) {
      return known;
    }
    try {
      LotusNodes.Answer<List<OnChainSector>> answer =
          api.sectors(
              sectors.get(0).miner(),
              BitField.of(sectors.stream().map(SectorId::number).toList()),
              view.head());
      answer
          .value()
          .forEach(
              sector ->
                  known.put(
                      sector.number(),
                      new LotusNodes.Answer<>(Optional.of(sector), answer.unconfirmed())));
    } catch (NodesException | DisagreementException e) {
      // A node refuses the whole list for one sector that it does not have; and of several sectors
      // only those that nodes disagree on are to be left out. Each is then asked for alone.
      if (e instanceof NodesException nodes && nodes.isUnreachable()) {
        throw e;
      }
    }
    return known;
  }

  private Found one(
      MinerView view,
      SectorId sector,
      TicketEpochs epochs,
      Optional<LotusNodes.Answer<Optional<OnChainSector>>> known) {
    try {
      return new SectorInquiry(api, view, sector, epochs)
          .findings(known.orElseGet(() -> api.sector(sector, view.head())))
          .<Found>map(findings -> taker -> taker.found(findings))
          .orElse(
              taker ->
                  taker.nothing(
                      sector,
                      "The chain has no sector %s: it was never committed, or it has ended."
                          .formatted(sector)));
    } catch (DisagreementException e) {
      return taker -> taker.nothing(sector, e.getMessage());
    } catch (NodesException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      return taker -> taker.nothing(sector, e.getMessage());
    }
  }

  /** What became of one sector. */
  private interface Found {
    void give(Taker taker);
  }

  private static Found result(Future<Found> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The import was interrupted.", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static List<SectorId> sectors(long miner, BitField numbers) {
    if (numbers.size() > MOST) {
      throw new RefusedException(
          "The node reports %2$,d sectors of miner %1$s, which is impossible."
              .formatted(ChainApi.address(miner), numbers.size()));
    }
    List<SectorId> sectors = new ArrayList<>();
    numbers.forEach(number -> sectors.add(new SectorId(miner, number)));
    return sectors;
  }
}
