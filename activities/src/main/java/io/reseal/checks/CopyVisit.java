package io.reseal.checks;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.CopyRow;
import io.reseal.contract.CheckLevel;
import io.reseal.contract.ScrubCopy;
import io.reseal.contract.ScrubPortion;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.NativeCore;
import io.reseal.files.HangingException;
import io.reseal.files.Placement;
import io.reseal.files.Replica;
import io.reseal.files.SectorKind;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.files.UnclearedCache;
import io.reseal.inspection.Inspection;
import io.reseal.record.SectorRecord;
import io.reseal.record.SectorRoots;
import io.reseal.sector.PAux;
import io.reseal.sector.SectorId;
import io.reseal.steps.CheckedRoots;
import io.reseal.steps.CopyFindings;
import io.reseal.steps.CopyRecords;
import io.reseal.steps.CopySearch;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks one copy after another, and records what it finds of each at once. */
final class CopyVisit {

  /** What became of a copy. */
  enum Outcome {
    RIGHT,
    DAMAGED,
    /** Its sector is being rebuilt, or the catalog knows too little of it. */
    LEFT_OUT,
    /** It could not be checked; the log says why. */
    FAILED
  }

  private static final Logger LOG = LoggerFactory.getLogger(CopyVisit.class);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Catalog catalog;
  private final NativeCore core;
  private final Stores stores;
  private final ScrubbedStore scrubbed;
  private final Store store;
  private final ScrubPortion portion;
  private final CopyRecords records;
  private final CheckedRoots roots;
  private final CheckWork work;

  CopyVisit(
      Catalog catalog,
      NativeCore core,
      Stores stores,
      ScrubPortion portion,
      CopyRecords records,
      CheckedRoots roots,
      CheckWork work)
      throws StoreLeftException {
    this.catalog = catalog;
    this.core = core;
    this.stores = stores;
    this.scrubbed = ScrubbedStore.named(stores, portion.store());
    this.store = scrubbed.store();
    this.portion = portion;
    this.records = records;
    this.roots = roots;
    this.work = work;
  }

  /**
   * Checks a copy.
   *
   * @throws StoreLeftException if its store cannot be checked now
   */
  Outcome visit(ScrubCopy copy) throws Exception {
    work.throwIfStopped();
    scrubbed.requireUsable();
    try {
      Optional<Outcome> before = recorded(copy);
      return before.isPresent() ? before.get() : check(copy);
    } catch (StoreLeftException | CheckWork.StoppedException | InterruptedException e) {
      throw e;
    } catch (CatalogException e) {
      if (e.isOutage()) {
        throw e;
      }
      return failed(copy, e);
    } catch (IOException | CoreException | RuntimeException e) {
      work.throwIfStopped();
      scrubbed.requireUsable();
      return failed(copy, e);
    }
  }

  private Outcome failed(ScrubCopy copy, Exception e) {
    LOG.warn(
        "The {} of sector {} in store \"{}\" could not be checked",
        copy.replica(),
        copy.sector(),
        store.name(),
        e);
    return Outcome.FAILED;
  }

  /** What an earlier attempt found that could not report it. */
  private Optional<Outcome> recorded(ScrubCopy copy) {
    String id = records.id(store);
    return catalog.copies().of(copy.sector()).stream()
        .filter(row -> row.storeId().equals(id) && row.replica().equals(copy.replica()))
        .filter(this::isOfThisTour)
        .map(row -> row.damage() == null ? Outcome.RIGHT : Outcome.DAMAGED)
        .findFirst();
  }

  private boolean isOfThisTour(CopyRow row) {
    if (row.lost()) {
      return row.seenAt() >= portion.startedAt();
    }
    Long at = portion.level() == CheckLevel.FULL ? row.readAt() : row.sampledAt();
    return at != null && at >= portion.startedAt();
  }

  private Outcome check(ScrubCopy copy) throws Exception {
    SectorId sector = copy.sector();
    Replica replica = CopyRecords.replica(copy.replica());
    if (isBeingRebuilt(sector)) {
      return Outcome.LEFT_OUT;
    }
    if (work.onFiles(() -> isGone(sector, replica))) {
      scrubbed.requireUsable();
      scrubbed.requireAny();
      return gone(sector, replica);
    }
    Optional<SectorFacts> facts = facts(sector);
    if (facts.isEmpty() || !SectorKind.of(facts.get()).replicas().contains(replica)) {
      return Outcome.LEFT_OUT;
    }
    CopySearch.Copy found = look(facts.get(), replica);
    if (!found.proves()) {
      found = secondLook(found, facts.get(), replica);
    }
    // What a rebuild has begun to replace is not what it finds.
    return isBeingRebuilt(sector) ? Outcome.LEFT_OUT : record(facts.get(), replica, found);
  }

  private boolean isGone(SectorId sector, Replica replica) {
    return replica.types().stream().noneMatch(type -> store.holds(sector, type));
  }

  private Outcome gone(SectorId sector, Replica replica) throws InterruptedException {
    boolean[] lost = new boolean[1];
    waitingForTheCatalog(() -> lost[0] = records.gone(sector, replica, store));
    if (!lost[0]) {
      return Outcome.RIGHT;
    }
    LOG.warn(
        "Store \"{}\" has no file of the {} of sector {} any more",
        store.name(),
        CopyRecords.name(replica),
        sector);
    return Outcome.DAMAGED;
  }

  private boolean isBeingRebuilt(SectorId sector) {
    return catalog.runs().latest(sector).filter(run -> run.endedAt() == null).isPresent();
  }

  private Optional<SectorFacts> facts(SectorId sector) throws CoreException {
    Optional<SectorRecord> record = catalog.sectors().find(sector);
    try {
      return record.isEmpty()
          ? Optional.empty()
          : Optional.of(Inspection.facts(record.get(), core));
    } catch (IllegalArgumentException e) {
      LOG.debug("Copies of sector {} are not checked", sector, e);
      return Optional.empty();
    }
  }

  private CopySearch.Copy look(SectorFacts facts, Replica replica) throws Exception {
    List<PAux> known =
        catalog.sectors().find(facts.sector()).stream()
            .flatMap(record -> catalog.roots().of(record).stream())
            .map(SectorRoots::pAux)
            .toList();
    CopyFindings findings = new CopyFindings(work, core, facts, known, portion.level());
    try {
      return work.onFiles(
          () ->
              CopySearch.in(
                  store, stores, facts.sector(), replica, at -> findings.of(replica, at.files())));
    } catch (HangingException e) {
      // If the store answers, it is this copy that does not.
      scrubbed.requireUsable();
      return new CopySearch.Copy(
          Placement.of(facts.sector(), replica, store, store), List.of(e.getMessage()), false);
    }
  }

  /** A single fault of memory or of a network must not look like damage. */
  private CopySearch.Copy secondLook(CopySearch.Copy first, SectorFacts facts, Replica replica)
      throws Exception {
    scrubbed.requireUsable();
    CopySearch.Copy second = look(facts, replica);
    scrubbed.requireUsable();
    if (second.proves()) {
      LOG.warn(
          "The {} of sector {} in store \"{}\" was wrong when it was read, and right when it was"
              + " read again; this host's memory or the way to the disk may be failing: {}",
          CopyRecords.name(replica),
          facts.sector(),
          store.name(),
          first.fault().orElseThrow());
    }
    return second;
  }

  private Outcome record(SectorFacts facts, Replica replica, CopySearch.Copy found)
      throws Exception {
    waitingForTheCatalog(
        () ->
            records.checked(facts.sector(), replica, found.at(), portion.level(), found.faults()));
    if (replica == Replica.SEALED) {
      Optional<UnclearedCache> uncleared =
          work.onFiles(() -> UnclearedCache.of(store.files(facts.sector()), facts.proof()));
      waitingForTheCatalog(() -> records.uncleared(facts.sector(), store, uncleared));
    }
    if (found.proves()) {
      waitingForTheCatalog(() -> keepRoots(facts, replica, found.at()));
      return Outcome.RIGHT;
    }
    LOG.warn(
        "The {} of sector {} in store \"{}\" is damaged: {}",
        CopyRecords.name(replica),
        facts.sector(),
        store.name(),
        found.fault().orElseThrow());
    return Outcome.DAMAGED;
  }

  private void keepRoots(SectorFacts facts, Replica replica, Placement at) {
    try {
      roots.keep(facts, replica, at.files());
    } catch (IOException | CoreException e) {
      LOG.warn("comm_c of sector {} was not kept in the catalog", facts.sector(), e);
    }
  }

  /** What took hours to find is not lost because the catalog is away. */
  private void waitingForTheCatalog(Runnable write) throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        write.run();
        return;
      } catch (CatalogException e) {
        if (!e.isOutage()) {
          throw e;
        }
        work.pause(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
    }
  }
}
