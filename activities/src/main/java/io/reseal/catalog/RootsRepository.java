package io.reseal.catalog;

import io.reseal.inspection.RootsHash;
import io.reseal.record.SectorRecord;
import io.reseal.record.SectorRoots;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The roots of replicas' trees C and R. None is kept that does not give the CommR of its row. */
public final class RootsRepository {

  /** What was done with roots. */
  public enum Verdict {
    /** They were not known before. */
    LEARNED,
    /** The same were known. */
    KNOWN,
    /** They give another CommR, and were not kept. */
    WRONG
  }

  private final CatalogAccess access;

  RootsRepository(CatalogAccess access) {
    this.access = access;
  }

  /**
   * Keeps the roots that give their CommR. Whether that is the sector's is for the caller to know.
   *
   * @return a verdict on each, in the same order
   */
  public <E extends Exception> List<Verdict> keep(RootsHash<E> core, List<SectorRoots> roots)
      throws E {
    List<Verdict> verdicts = judge(core, roots);
    List<SectorRoots> learned =
        IntStream.range(0, roots.size())
            .filter(i -> verdicts.get(i) == Verdict.LEARNED)
            .mapToObj(roots::get)
            .toList();
    if (!learned.isEmpty()) {
      access.write(RootsTable.class, table -> table.keep(learned));
    }
    return verdicts;
  }

  /** The verdicts that {@link #keep} would give; keeps nothing. */
  public <E extends Exception> List<Verdict> judge(RootsHash<E> core, List<SectorRoots> roots)
      throws E {
    Map<SectorId, List<SectorRoots>> known = of(roots.stream().map(SectorRoots::sector).toList());
    List<Verdict> verdicts = new ArrayList<>();
    for (SectorRoots one : roots) {
      verdicts.add(verdict(core, one, known.getOrDefault(one.sector(), List.of())));
    }
    return verdicts;
  }

  /** One hash a call: the core takes 0.06 ms for it, less than the database for a row. */
  private static <E extends Exception> Verdict verdict(
      RootsHash<E> core, SectorRoots roots, List<SectorRoots> known) throws E {
    if (known.stream().anyMatch(roots::isSameAs)) {
      return Verdict.KNOWN;
    }
    return core.commR(roots.pAux()).map(Cid::sealed).filter(roots.commR()::equals).isPresent()
        ? Verdict.LEARNED
        : Verdict.WRONG;
  }

  /** The roots of a sector's replicas, as far as they are known, those of its own CommR first. */
  public List<SectorRoots> of(SectorRecord sector) {
    List<SectorRoots> all = of(List.of(sector.id())).getOrDefault(sector.id(), List.of());
    return Stream.concat(
            Stream.of(sector.commR()), Stream.ofNullable(sector.snap()).map(snap -> snap.commR()))
        .distinct()
        .flatMap(commR -> all.stream().filter(roots -> roots.commR().equals(commR)))
        .toList();
  }

  /** The root of a sector's tree C, if it is known: what a later rebuild need not compute. */
  public Optional<Commitment> commC(SectorRecord sector) {
    return of(sector).stream().map(SectorRoots::commC).findFirst();
  }

  /** All that are known of these sectors, whatever their CommR. */
  public Map<SectorId, List<SectorRoots>> of(Collection<SectorId> sectors) {
    return access.read(
        RootsTable.class,
        table ->
            sectors.stream()
                .collect(
                    Collectors.groupingBy(
                        SectorId::miner, Collectors.mapping(SectorId::number, Collectors.toSet())))
                .entrySet()
                .stream()
                .flatMap(of -> table.of(of.getKey(), of.getValue()).stream())
                .collect(Collectors.groupingBy(SectorRoots::sector)));
  }

  /** Passes on those of all sectors, or one miner's, in order. */
  public void each(Optional<Long> miner, Consumer<SectorRoots> taker) {
    access.scan(RootsTable.class, table -> table.each(miner, taker));
  }
}
