package io.reseal.intake;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.RootsRepository;
import io.reseal.inspection.RootsHash;
import io.reseal.intake.Learned.LeftOut;
import io.reseal.intake.Learned.Reason;
import io.reseal.record.SectorRoots;
import io.reseal.sector.PAux;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Adds the roots of sectors' trees from one place to the catalog, many at a time, and counts what
 * became of them.
 *
 * @param <E> thrown if roots cannot be hashed
 */
public final class RootsIntake<E extends Exception> {

  /** How many are added at a time. */
  public static final int AT_A_TIME = 1000;

  /**
   * A {@code p_aux} that was read.
   *
   * @param ofUpdate whether it is that of a snapped sector's update
   * @param place the file
   * @param source the same, as the catalog is to keep it
   */
  public record Read(SectorId sector, boolean ofUpdate, PAux pAux, String place, String source) {}

  /**
   * Roots that a file has.
   *
   * @param place the file and line, for people
   */
  public record Row(SectorRoots roots, String place) {}

  private final Intake facts;
  private final RootsRepository repository;
  private final RootsHash<E> core;
  private final String from;
  private final boolean dryRun;
  private final List<LeftOut> leftOut = new ArrayList<>();
  private long learned;
  private long known;
  private long unrecorded;

  /**
   * @param from the store or file that they come from
   * @param dryRun whether to change nothing, only to count
   */
  public RootsIntake(Catalog catalog, RootsHash<E> core, String from, boolean dryRun) {
    this.dryRun = dryRun;
    this.facts = new Intake(catalog.findings());
    this.repository = catalog.roots();
    this.core = core;
    this.from = from;
  }

  /** Adds what was read from files; each must give the CommR that the catalog has for it. */
  public void takeRead(Collection<Read> files, long at) throws E {
    Map<SectorId, CommRs> commRs = commRs(files, Read::sector, Read::place);
    List<Row> rows = new ArrayList<>();
    for (Read file : files) {
      CommRs ofSector = commRs.get(file.sector());
      if (ofSector == null) {
        continue;
      }
      (file.ofUpdate() ? ofSector.update() : ofSector.sealed())
          .ifPresentOrElse(
              commR ->
                  rows.add(
                      new Row(
                          SectorRoots.of(file.sector(), commR, file.pAux(), at, file.source()),
                          file.place())),
              () -> leaveOut(file.sector(), Reason.NO_COMM_R, file.place(), noCommR(file)));
    }
    keep(rows, RootsIntake::whatToDo);
  }

  private static String noCommR(Read file) {
    return "The catalog knows no CommR of %s%s. Import it (reseal import chain %d %d), then read the file again."
        .formatted(
            file.ofUpdate() ? "the update of sector " : "sector ",
            file.sector(),
            file.sector().miner(),
            file.sector().number());
  }

  /**
   * Adds roots that say themselves which CommR they give. It must be one that the catalog has for
   * the sector; if it has none, they are kept until it has.
   */
  public void takeRows(Collection<Row> rows) throws E {
    Map<SectorId, CommRs> commRs = commRs(rows, row -> row.roots().sector(), Row::place);
    List<Row> fitting = new ArrayList<>();
    for (Row row : rows) {
      CommRs ofSector = commRs.get(row.roots().sector());
      if (ofSector == null) {
        continue;
      }
      if (ofSector.isEmpty() || ofSector.has(row.roots().commR())) {
        fitting.add(row);
      } else {
        leaveOut(row.roots().sector(), Reason.DAMAGED, row.place(), another(row, ofSector));
      }
    }
    List<Row> kept =
        keep(
            fitting,
            sector ->
                "The row was changed: use another copy of the file, or read the sector's own p_aux (reseal sectors learn %d %d)."
                    .formatted(sector.miner(), sector.number()));
    unrecorded += kept.stream().filter(row -> commRs.get(row.roots().sector()).isEmpty()).count();
  }

  private static String another(Row row, CommRs known) {
    SectorId sector = row.roots().sector();
    return "It has the CommR %s, but the catalog has %s for sector %s. If the sector was snapped since, import it again (reseal import chain %d %d); otherwise the row is of another network or was changed."
        .formatted(row.roots().commR(), known, sector, sector.miner(), sector.number());
  }

  /** Of all but those whose record the catalog cannot read, which are left out. */
  private <T> Map<SectorId, CommRs> commRs(
      Collection<T> all, Function<T, SectorId> sector, Function<T, String> place) {
    try {
      return facts.commRs(all.stream().map(sector).toList());
    } catch (CatalogException e) {
      if (e.reason() != CatalogException.Reason.BROKEN_RECORD) {
        throw e;
      }
    }
    Map<SectorId, CommRs> commRs = new HashMap<>();
    for (T one : all) {
      try {
        commRs.putAll(facts.commRs(List.of(sector.apply(one))));
      } catch (CatalogException e) {
        if (e.reason() != CatalogException.Reason.BROKEN_RECORD) {
          throw e;
        }
        leaveOut(sector.apply(one), Reason.NO_COMM_R, place.apply(one), e.getMessage());
      }
    }
    return commRs;
  }

  /** Notes what could not be read. */
  public void leaveOut(LeftOut one) {
    leftOut.add(one);
  }

  /** What to do about a {@code p_aux} that does not give its CommR. */
  public static String whatToDo(SectorId sector) {
    return "Either it is damaged or the catalog's CommR of sector %s is wrong. `reseal sectors facts %d %d` shows which sources know that CommR, and `reseal sectors check %d %d` whether the stored sector can be proven."
        .formatted(sector, sector.miner(), sector.number(), sector.miner(), sector.number());
  }

  private List<Row> keep(List<Row> rows, Function<SectorId, String> advice) throws E {
    List<SectorRoots> roots = rows.stream().map(Row::roots).toList();
    List<RootsRepository.Verdict> verdicts =
        dryRun ? repository.judge(core, roots) : repository.keep(core, roots);
    List<Row> kept = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      switch (verdicts.get(i)) {
        case LEARNED -> learned++;
        case KNOWN -> known++;
        case WRONG -> {
          SectorId sector = row.roots().sector();
          leaveOut(
              sector,
              Reason.DAMAGED,
              row.place(),
              "Its comm_c and comm_r_last do not give the CommR %s. %s"
                  .formatted(row.roots().commR(), advice.apply(sector)));
          continue;
        }
      }
      kept.add(row);
    }
    return kept;
  }

  private void leaveOut(SectorId sector, Reason reason, String place, String why) {
    leftOut.add(new LeftOut(sector, reason, place, why));
  }

  /** What became of all of them. */
  public Learned result() {
    return new Learned(from, learned, known, unrecorded, leftOut);
  }
}
