package io.reseal.catalog;

import io.reseal.catalog.CatalogException.Reason;
import io.reseal.contract.BatchSector;
import io.reseal.contract.BatchState;
import io.reseal.contract.StateChange;
import io.reseal.sector.SectorId;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The batches in the catalog, each with its sectors and their status. */
public final class BatchRepository {

  private final CatalogAccess access;

  BatchRepository(CatalogAccess access) {
    this.access = access;
  }

  /** Adds a new batch with its sectors in order; a name that exists already is refused. */
  public void add(BatchRecord batch, List<SectorId> sectors) {
    add(batch, sectors, List.of());
  }

  /**
   * Adds a new batch with its sectors in order; a name that exists already is refused.
   *
   * @param losses what is known of those that are lost
   */
  public void add(BatchRecord batch, List<SectorId> sectors, List<BatchLoss> losses) {
    try {
      access.write(
          BatchTable.class,
          table -> {
            table.insert(batch);
            table.insertSectors(
                batch.name(), IntStream.range(0, sectors.size()).boxed().toList(), sectors);
            table.insertLosses(batch.name(), losses);
          });
    } catch (CatalogException e) {
      throw e.reason() == Reason.ALREADY_THERE
          ? new CatalogException(
              Reason.ALREADY_THERE,
              "Batch %s exists already; nothing was changed.".formatted(batch.name()),
              e)
          : e;
    }
  }

  /**
   * Requests the batch again, for its unfinished sectors, with the number at a time now requested.
   */
  public void restart(BatchRecord batch) {
    access.write(BatchTable.class, table -> table.restart(batch));
  }

  /** Records the batch's current state. Repeating it changes nothing. */
  public void become(String name, BatchState state, String note) {
    access.write(
        BatchTable.class, table -> table.become(name, state.toString(), state.isEnd(), note));
  }

  /**
   * Ends a batch whose workflow is gone, unless it has ended normally meanwhile.
   *
   * @return whether it was ended
   */
  public boolean endIfWorking(String name, BatchState state, String note) {
    boolean[] ended = new boolean[1];
    access.write(
        BatchTable.class, table -> ended[0] = table.endIfWorking(name, state.toString(), note) > 0);
    return ended[0];
  }

  public Optional<BatchRecord> find(String name) {
    return access.read(BatchTable.class, table -> table.find(name));
  }

  /** All batches, the newest first. */
  public List<BatchRecord> list() {
    return access.read(BatchTable.class, BatchTable::list);
  }

  /** The batches that a workflow should be working on. */
  public List<BatchRecord> working() {
    return access.read(BatchTable.class, BatchTable::working);
  }

  /** Names of the unfinished batches that have the sector. */
  public List<String> openOf(SectorId sector) {
    return access.read(BatchTable.class, table -> table.openOf(sector));
  }

  /** The batch's sectors in order. */
  public List<SectorId> sectors(String name) {
    return access.read(BatchTable.class, table -> table.sectors(name));
  }

  /** The miners of the batch's sectors. */
  public List<Long> miners(String name) {
    return access.read(BatchTable.class, table -> table.miners(name));
  }

  /** The share of the sectors that get their places at a time. */
  private static final int SETTLED_AT_A_TIME = 100;

  /**
   * What comes next in a batch.
   *
   * @param order of the sectors that have no place yet
   * @param ready how many of them, from the first on, may be read
   * @param priority of each that may, in Temporal's levels; null: as the batch
   */
  public record Turn(List<SectorId> order, int ready, Function<SectorId, Integer> priority) {}

  /** How many sectors from an ordinal on have their places. */
  public int settled(String name, int from) {
    return access.read(BatchTable.class, table -> table.settledNow(name)).stream()
        .mapToInt(settled -> Math.max(0, settled - from))
        .findFirst()
        .orElse(0);
  }

  /**
   * Changes the order of the sectors from an ordinal on, unless they have their places already, and
   * gives those that are next their places: those that are read now, and a hundredth of the others,
   * because an order looks at all that is left, and would otherwise be made for each sector.
   *
   * @param count how many are to be read now
   * @return how many may be read; what was read once may be read again
   */
  public int reorder(String name, int from, int count, Function<List<SectorId>, Turn> order) {
    int[] ready = new int[1];
    access.write(
        BatchTable.class,
        table -> {
          int settled = table.settled(name).orElse(Integer.MAX_VALUE);
          if (from < settled) {
            ready[0] = Math.min(count, settled - from);
            return;
          }
          List<SectorId> before = table.sectorsFrom(name, from);
          Turn turn = order.apply(before);
          if (!turn.order().equals(before)) {
            table.clearOrdinals(name, from);
            table.place(
                name, IntStream.range(from, from + before.size()).boxed().toList(), turn.order());
          }
          int placed = Math.min(turn.ready(), Math.max(count, before.size() / SETTLED_AT_A_TIME));
          List<SectorId> next = turn.order().subList(0, placed);
          table.prioritize(name, next.stream().map(turn.priority()).toList(), next);
          table.settle(name, from + placed);
          ready[0] = Math.min(count, placed);
        });
    return ready[0];
  }

  /** A page of the batch's sectors from an ordinal on. */
  public List<BatchSector> page(String name, int from, int count) {
    return access.read(BatchTable.class, table -> table.page(name, from, count));
  }

  /** The status of each sector of the batch, in order. */
  public List<BatchOutcome> outcomes(String name) {
    return access.read(BatchTable.class, table -> table.outcomes(name));
  }

  /** The status of those sectors of the batch. */
  public List<BatchOutcome> outcomes(String name, List<SectorId> sectors) {
    return access.read(
        BatchTable.class,
        table -> sectors.stream().flatMap(sector -> table.outcome(name, sector).stream()).toList());
  }

  /** What was known of the batch's losses when it began. */
  public List<BatchLoss> losses(String name) {
    return access.read(BatchTable.class, table -> table.losses(name));
  }

  /** The sectors of the batch whose rebuilds have begun and have not ended, in order. */
  public List<BatchOutcome> open(String name) {
    return access.read(BatchTable.class, table -> table.open(name));
  }

  /** The sectors of the batch whose rebuilds have not begun, in order. */
  public List<SectorId> queued(String name) {
    return access.read(BatchTable.class, table -> table.queued(name));
  }

  /** How many of the batch's sectors are in which state. */
  public Optional<BatchCounts> counts(String name) {
    return tally(name).map(BatchTally::counts);
  }

  /** How many of the batch's sectors are in which state, and how many have which on the chain. */
  public Optional<BatchTally> tally(String name) {
    List<BatchTable.Tally> tallies = access.read(BatchTable.class, table -> table.tallies(name));
    return tallies.isEmpty() ? Optional.empty() : Optional.of(BatchTally.of(name, tallies));
  }

  /**
   * How fast a batch finishes sectors; empty before the first one.
   *
   * @param now in epoch milliseconds
   */
  public Optional<BatchRate> rate(BatchRecord batch, long now) {
    return BatchRate.of(
        batch,
        access.read(BatchTable.class, table -> table.lastEnds(batch.name(), BatchRate.RECENT + 1)),
        now);
  }

  /** The state changes of the runs that count for the batch, by run id, each in order. */
  public Map<String, List<StateChange>> changes(String name) {
    return access.read(BatchTable.class, table -> table.changes(name)).stream()
        .collect(
            Collectors.groupingBy(
                BatchTable.ChangeOfRun::runId,
                Collectors.mapping(BatchTable.ChangeOfRun::change, Collectors.toList())));
  }

  /** Passes on the state changes of the runs that count for the batch, in no order. */
  public void eachChange(String name, Consumer<StateChange> taker) {
    access.scan(
        BatchTable.class, table -> table.eachChange(name, row -> taker.accept(row.change())));
  }

  /** Those sectors without a record in the catalog, in the order given. */
  public List<SectorId> unknown(Collection<SectorId> sectors) {
    Map<Long, List<Long>> byMiner =
        sectors.stream()
            .collect(
                Collectors.groupingBy(
                    SectorId::miner, Collectors.mapping(SectorId::number, Collectors.toList())));
    Set<SectorId> known = new HashSet<>();
    byMiner.forEach(
        (miner, numbers) -> {
          long from = numbers.stream().mapToLong(Long::longValue).min().orElseThrow();
          long to = numbers.stream().mapToLong(Long::longValue).max().orElseThrow();
          access
              .read(BatchTable.class, table -> table.known(miner, from, to))
              .forEach(number -> known.add(new SectorId(miner, number)));
        });
    return sectors.stream().filter(sector -> !known.contains(sector)).toList();
  }
}
