package io.reseal.catalog;

import io.reseal.catalog.CatalogException.Reason;
import io.reseal.catalog.SectorTable.Kept;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The sectors in the catalog. */
public final class SectorRepository {

  /** More numbers than that make no statement. */
  private static final int AT_A_TIME = 1_000;

  private final CatalogAccess access;

  SectorRepository(CatalogAccess access) {
    this.access = access;
  }

  public Optional<SectorRecord> find(SectorId id) {
    return access.read(
        SectorTable.class,
        table ->
            table.kept(id.miner(), List.of(id.number())).values().stream()
                .map(Kept::record)
                .findFirst());
  }

  /** The records of those sectors that have one. */
  public Map<SectorId, SectorRecord> find(Collection<SectorId> sectors) {
    Map<SectorId, SectorRecord> found = new HashMap<>();
    sectors.stream()
        .collect(Collectors.groupingBy(SectorId::miner))
        .forEach((miner, all) -> parts(all).forEach(part -> found.putAll(records(miner, part))));
    return found;
  }

  private static List<List<Long>> parts(List<SectorId> sectors) {
    List<Long> numbers = sectors.stream().map(SectorId::number).toList();
    return IntStream.range(0, (numbers.size() + AT_A_TIME - 1) / AT_A_TIME)
        .mapToObj(
            part ->
                numbers.subList(part * AT_A_TIME, Math.min(numbers.size(), (part + 1) * AT_A_TIME)))
        .toList();
  }

  private Map<SectorId, SectorRecord> records(long miner, List<Long> numbers) {
    return access.read(SectorTable.class, table -> table.kept(miner, numbers)).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().record()));
  }

  /** Those of the sectors that have a record. */
  public Set<SectorId> known(Collection<SectorId> sectors) {
    Set<SectorId> known = new HashSet<>();
    sectors.stream()
        .collect(Collectors.groupingBy(SectorId::miner))
        .forEach(
            (miner, all) -> {
              Set<Long> numbers = access.read(SectorTable.class, table -> table.numbers(miner));
              all.stream().filter(id -> numbers.contains(id.number())).forEach(known::add);
            });
    return known;
  }

  /** Adds a new sector; one that exists already is refused and stays as it is. */
  public void add(SectorRecord sector) {
    try {
      access.write(SectorTable.class, table -> table.insert(sector));
    } catch (CatalogException e) {
      throw e.reason() == Reason.ALREADY_THERE
          ? new CatalogException(
              Reason.ALREADY_THERE,
              "Sector %s is in the catalog already; nothing was changed.".formatted(sector.id()),
              e)
          : e;
    }
  }

  /**
   * Replaces everything known of the sector by this record: the earlier record, the findings of
   * other sources, and the decisions between them.
   */
  public void replace(SectorRecord sector) {
    access.write(
        FindingTable.class,
        table -> {
          table.sectors().put(List.of(sector), false);
          table.forget(sector.id());
        });
  }

  /** Passes on all sectors, or one miner's, in order, as lists show them. */
  public void each(Optional<Long> miner, Consumer<SectorLine> taker) {
    access.scan(SectorTable.class, table -> table.list(miner, taker));
  }

  /** The sectors that hold a piece, each with the padded offset that it has there. */
  public Map<SectorId, List<Long>> holding(String cid) {
    return access.read(
        PieceHolderTable.class,
        table ->
            table.holding(cid).stream()
                .collect(
                    Collectors.groupingBy(
                        PieceHolderTable.Row::sector,
                        LinkedHashMap::new,
                        Collectors.mapping(
                            PieceHolderTable.Row::offsetBytes, Collectors.toList()))));
  }
}
