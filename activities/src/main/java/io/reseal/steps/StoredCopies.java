package io.reseal.steps;

import io.reseal.contract.CheckLevel;
import io.reseal.contract.FailureType;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StoredCopy;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.FileType;
import io.reseal.files.KeptDigests;
import io.reseal.files.Placement;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.plan.Repair;
import io.reseal.plan.RepairPlan;
import io.reseal.plan.Survivors;
import io.reseal.reading.SmallFile;
import io.reseal.sector.Commitment;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks copies of a sector in the host's stores. */
final class StoredCopies {

  private static final Logger LOG = LoggerFactory.getLogger(StoredCopies.class);

  /**
   * The complete and provable copies of a sector in the host's stores.
   *
   * @param allIn the stores that together have the whole sector, or null
   * @param keyIn the store that has a snapped sector's key if its update is lost, or null
   * @param repair what can be done instead of sealing, or null
   * @param faults what is wrong with each copy that is not used, one line each
   * @param repaired what was done about what the copies lacked, one sentence each
   */
  record Found(
      String allIn, String keyIn, Repair repair, List<String> faults, List<String> repaired) {

    static final Found NOTHING = new Found(null, null, null, List.of(), List.of());

    Optional<String> repairs() {
      return repaired.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", repaired));
    }

    /** Suffix for the step's detail. */
    String note() {
      return what()
          + (faults.isEmpty() ? "" : "; not intact: " + String.join("; ", faults))
          + repairs().map("; "::concat).orElse("");
    }

    private String what() {
      if (repair != null) {
        return repair.commC() == null ? "" : "; comm_c is known, so trees C and D are not needed";
      }
      return keyIn == null ? "" : "; the key is kept, in store \"%s\"".formatted(keyIn);
    }
  }

  /** Keeps what is known of a copy once it was checked, for when the copy is lost. */
  interface Roots {

    /**
     * Keeps the roots of a replica's trees.
     *
     * @param pAux the file that they were read from
     * @return whether they give the replica's CommR
     */
    boolean keep(SectorFacts facts, Replica replica, Path pAux, byte[] content)
        throws CoreException;
  }

  /** What is known of copies from checks of them. */
  interface Records {

    /**
     * Records a check of a copy.
     *
     * @param faults what was found wrong, or empty
     */
    void checked(
        SectorId sector, Replica replica, Placement at, CheckLevel level, List<String> faults);

    /**
     * Records a check of an unsealed copy.
     *
     * @param faults what was found wrong, or empty
     */
    void unsealedChecked(SectorId sector, Store store, CheckLevel level, List<String> faults);

    /**
     * What a check of every byte found wrong with the copy whose file is in the store, unless a
     * later one found it right.
     */
    Optional<String> damage(SectorId sector, Replica replica, Store store);
  }

  private final Stores stores;
  private final UpdateKey key;
  private final Survey survey;
  private final Roots roots;
  private final Records records;

  StoredCopies(Stores stores, UpdateKey key, Survey survey, Roots roots, Records records) {
    this.stores = stores;
    this.key = key;
    this.survey = survey;
    this.roots = roots;
    this.records = records;
  }

  /** Searches for a sector. For a snapped one the key comes first, because the update needs it. */
  Found find(StepInputs inputs, StepWork work)
      throws IOException, InterruptedException, WrongSealException, CoreException {
    stores.settle(inputs.facts().sector(), inputs.fence());
    Map<FileType, Store> places = new EnumMap<>(FileType.class);
    Map<Replica, List<CopySearch.Copy>> copies = new EnumMap<>(Replica.class);
    List<String> faults = new ArrayList<>();
    List<String> repaired = new ArrayList<>();
    boolean isWhole = true;
    for (Replica replica : SectorKind.of(inputs.facts()).replicas()) {
      if (!isWhole && !inputs.mayMakeAnything()) {
        break;
      }
      copies.put(replica, search(inputs, work, replica, faults));
      Optional<CopySearch.Copy> copy = best(copies.get(replica));
      isWhole &= copy.isPresent();
      if (copy.isPresent()) {
        keepRoots(inputs, work, replica, copy.get().at().files());
      }
      if (isWhole) {
        places.putAll(withTAux(inputs, replica, copy.get(), repaired).stores());
      }
    }
    if (isWhole) {
      return new Found(
          new Placement(inputs.facts().sector(), places).names(), null, null, faults, repaired);
    }
    String keyIn = places.isEmpty() ? null : places.get(FileType.SEALED).name();
    Optional<Repair> repair = repair(inputs, work, copies);
    if (repair.isPresent()) {
      boolean updateIsMade = inputs.facts().snap() != null && repair.get().updateIn() == null;
      keyIn = updateIsMade ? repair.get().sealedIn() : null;
    }
    return new Found(null, keyIn, repair.orElse(null), faults, repaired);
  }

  private Optional<Repair> repair(
      StepInputs inputs, StepWork work, Map<Replica, List<CopySearch.Copy>> copies)
      throws IOException, InterruptedException {
    if (!inputs.mayMakeAnything()) {
      return Optional.empty();
    }
    Survivors all = survey.of(inputs.facts(), copies, work::run);
    // If nothing may be repaired, an earlier attempt has found damage where no sample had found it.
    Survivors may = inputs.mayCopyLayers() ? all : all.withoutLayers();
    Survivors left = inputs.mayRepair() ? may : may.withoutUnproven();
    RepairPlan plan = RepairPlan.cheapest(left);
    LOG.info(
        "The cheapest way to make sector {} whole: {}; {}",
        inputs.facts().sector(),
        plan,
        plan.cost(left.snapped()));
    // Each of them is right: either a p_aux gives CommR with it, or the catalog has compared it.
    Optional<Commitment> commC = survey.commC(inputs.facts(), work::run).stream().findFirst();
    return plan.repair(left)
        .filter(inputs::may)
        .map(repair -> repair.with(commC.orElse(null)))
        // A store that had it a moment ago is gone.
        .filter(
            repair ->
                repair.sealedIn() != null || repair.lostKey() != null || repair.commC() != null);
  }

  /** Where one of the sector's replicas is, complete; empty if no copy of it proves. */
  Optional<Placement> whole(
      StepInputs inputs, StepWork work, Replica replica, List<String> repaired)
      throws IOException, InterruptedException {
    Optional<CopySearch.Copy> copy = best(search(inputs, work, replica, new ArrayList<>()));
    return copy.isPresent()
        ? Optional.of(withTAux(inputs, replica, copy.get(), repaired))
        : Optional.empty();
  }

  private static Placement withTAux(
      StepInputs inputs, Replica replica, CopySearch.Copy copy, List<String> repaired)
      throws IOException {
    if (copy.lacksTAux()) {
      repaired.add(addTAux(inputs, replica, copy.at().of(replica.cacheType())));
    }
    return copy.at();
  }

  /** A copy that has the recorded CommR and proves, preferably one that lacks nothing else. */
  private static Optional<CopySearch.Copy> best(List<CopySearch.Copy> copies) {
    return copies.stream()
        .filter(CopySearch.Copy::isIntact)
        .findFirst()
        .or(() -> copies.stream().filter(CopySearch.Copy::proves).findFirst());
  }

  private List<CopySearch.Copy> search(
      StepInputs inputs, StepWork work, Replica replica, List<String> faults)
      throws IOException, InterruptedException {
    List<CopySearch.Copy> copies =
        CopySearch.untilIntact(
            stores, inputs.facts().sector(), replica, at -> fault(inputs, work, replica, at));
    for (CopySearch.Copy copy : copies) {
      if (!copy.proves()) {
        String line = "store \"%s\": %s".formatted(copy.at().names(), copy.fault().orElseThrow());
        LOG.info("A copy of sector {} is not intact: {}", inputs.facts().sector(), line);
        faults.add(line);
      }
    }
    return copies;
  }

  /** No proof reads t_aux, and it can be written without the sector's data. */
  private static String addTAux(StepInputs inputs, Replica replica, Store store)
      throws IOException {
    SectorId sector = inputs.facts().sector();
    Path file = store.files(sector).tAux(replica);
    if (store.readonly()) {
      return "%s is missing; proofs do not read it, and the store is readonly, so it was not written"
          .formatted(file);
    }
    store.addTAux(sector, replica, inputs.facts().proof().size(), inputs.fence());
    LOG.info("{} was missing and was written", file);
    return "%s was missing and was written".formatted(file);
  }

  /** A sample may well miss what a check of every byte has found. */
  private List<String> fault(StepInputs inputs, StepWork work, Replica replica, Placement at)
      throws IOException, InterruptedException {
    Optional<String> fault = CopyCheck.fault(work::run, inputs.facts(), replica, at.files());
    work.throwIfStopped();
    return (fault.isPresent()
            ? fault
            : knownDamage(inputs, work, replica, at.of(replica.dataType())))
        .stream().toList();
  }

  /** What a check of every byte found wrong with the copy whose file is in the store. */
  Optional<String> knownDamage(StepInputs inputs, StepWork work, Replica replica, Store store)
      throws IOException, InterruptedException {
    try {
      return CatalogOutage.leftOut(
              work, () -> records.damage(inputs.facts().sector(), replica, store))
          .flatMap(found -> found)
          .map("a check of every byte found: %s"::formatted);
    } catch (CoreException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Checks the copy that was put into a store, and the kept key if there is one. */
  String check(StepInputs inputs, StepWork work) throws Exception {
    SectorKind kind = inputs.kind();
    Placement placement = persistedIn(inputs);
    SectorFiles files = placement.files();
    int challenges = 0;
    for (Replica replica : kind.replicas()) {
      if (!inputs.repaired()) {
        requireUnchanged(inputs, replica, files);
      }
      challenges += challenges(inputs, work, replica, files);
      keepRoots(inputs, work, replica, files);
      keepRecord(
          inputs,
          work,
          replica,
          placement,
          inputs.repaired() ? CheckLevel.SAMPLE : CheckLevel.FULL);
    }
    if (inputs.keyIn() != null) {
      challenges += challenges(inputs, work, Replica.SEALED, key.files(inputs));
      keepRoots(inputs, work, Replica.SEALED, key.files(inputs));
    }
    if (inputs.makesLostKey()) {
      SectorFiles update = keptUpdate(inputs);
      challenges += challenges(inputs, work, Replica.UPDATE, update);
      keepRoots(inputs, work, Replica.UPDATE, update);
    }
    Optional<String> unsealed = checkUnsealed(inputs, work, placement);
    if (kind.replicas().isEmpty() && unsealed.isPresent()) {
      return unsealed.get();
    }
    return "provable in store \"%s\"%s, %d challenges answered%s"
        .formatted(
            placement.names(), what(inputs), challenges, unsealed.map("; "::concat).orElse(""));
  }

  /** Reads all of the unsealed copy that was put into a store, if one was. */
  private Optional<String> checkUnsealed(StepInputs inputs, StepWork work, Placement at)
      throws IOException, InterruptedException, WrongSealException, CoreException {
    if (inputs.unsealing() == null) {
      return Optional.empty();
    }
    Optional<String> fault = UnsealedCheck.fault(work::run, inputs.facts(), at.files());
    if (fault.isPresent()) {
      throw new WrongSealException(
          FailureType.STORE_COPY_DAMAGED,
          "The unsealed copy differs from what was stored: %s; its disk or this host's memory may be failing."
              .formatted(fault.get()));
    }
    SectorId sector = inputs.facts().sector();
    Store store = at.of(FileType.UNSEALED);
    keepRecord(
        work, sector, () -> records.unsealedChecked(sector, store, CheckLevel.FULL, List.of()));
    return Optional.of(
        "unsealed copy in store \"%s\": its CommD is the recorded one".formatted(store.name()));
  }

  /** The update that a lost key was made from; its files may be in two stores. */
  private SectorFiles keptUpdate(StepInputs inputs) throws IOException {
    SectorFacts facts = inputs.facts();
    return stores
        .whole(
            facts.sector(),
            Replica.UPDATE,
            facts.proof(),
            store -> store.name().equals(inputs.repair().updateIn()))
        .map(Placement::files)
        .orElseThrow(
            () ->
                new IOException(
                    "Store \"%s\" does not have the update of sector %s any more; is a disk missing?"
                        .formatted(inputs.repair().updateIn(), facts.sector())));
  }

  /** Where this rebuild has put the sector, not any other store that has it too. */
  private Placement persistedIn(StepInputs inputs) throws IOException {
    SectorId sector = inputs.facts().sector();
    Collection<FileType> types = inputs.kind().storedTypes();
    if (inputs.stored() == null) {
      return Placement.in(holder(inputs), sector, types);
    }
    Map<FileType, Store> places = new EnumMap<>(FileType.class);
    for (FileType type : types) {
      places.put(type, attached(sector, inputs.stored().of(type.folder())));
    }
    return new Placement(sector, places);
  }

  /** For a worker of an older version, which persisted the sector without saying where. */
  private Store holder(StepInputs inputs) throws IOException {
    SectorId sector = inputs.facts().sector();
    return stores
        .find(sector, inputs.kind())
        .orElseThrow(
            () ->
                new IOException(
                    "No store of this host has sector %s any more; is a disk missing?"
                        .formatted(sector)));
  }

  private Store attached(SectorId sector, StoredCopy stored) throws IOException {
    return stores
        .named(stored.store())
        .filter(store -> store.root().toString().equals(stored.path()))
        .orElseThrow(
            () ->
                new IOException(
                    "Sector %s was put into store \"%s\" at %s, which is not attached to this host; attach it again."
                        .formatted(sector, stored.store(), stored.path())));
  }

  /** Fails if the stored files have other bytes than when they were made. */
  private static void requireUnchanged(StepInputs inputs, Replica replica, SectorFiles copy)
      throws IOException, WrongSealException {
    Optional<KeptDigests> digests = KeptCheck.recorded(inputs, replica);
    if (digests.isPresent()) {
      List<Path> changed = new ArrayList<>(digests.get().differing(copy, inputs.facts().proof()));
      if (inputs.keepsDirectories() && !copy.lacksTAux(replica)) {
        // It was there already, and stays, whatever it contains.
        changed.remove(copy.tAux(replica));
      }
      if (!changed.isEmpty()) {
        throw new WrongSealException(
            FailureType.STORE_COPY_DAMAGED,
            "%s differs from what was stored; its disk or this host's memory may be failing."
                .formatted(changed));
      }
    }
  }

  /** While the catalog is away the rebuild goes on without it: the roots are in the store. */
  private void keepRoots(StepInputs inputs, StepWork work, Replica replica, SectorFiles copy)
      throws IOException, InterruptedException, WrongSealException, CoreException {
    Path pAux = copy.pAux(replica);
    byte[] content = SmallFile.read(pAux);
    Optional<Boolean> kept =
        CatalogOutage.leftOut(work, () -> roots.keep(inputs.facts(), replica, pAux, content));
    if (kept.isEmpty()) {
      SectorId sector = inputs.facts().sector();
      LOG.warn(
          "The catalog is away and does not have the comm_c in {}; once it is back: reseal sectors"
              + " learn {} {}",
          pAux,
          sector.miner(),
          sector.number());
    } else if (!kept.get()) {
      throw new WrongSealException(
          FailureType.STORE_COPY_DAMAGED,
          "%s gave the right CommR when it was checked, and another one when it was read again; its disk or this host's memory may be failing."
              .formatted(pAux));
    }
  }

  /**
   * Records that nothing is wrong with a copy.
   *
   * @param level how much of it was read
   */
  void keepRecord(StepInputs inputs, StepWork work, Replica replica, Placement at, CheckLevel level)
      throws IOException, InterruptedException, CoreException {
    SectorId sector = inputs.facts().sector();
    keepRecord(work, sector, () -> records.checked(sector, replica, at, level, List.of()));
  }

  private static void keepRecord(StepWork work, SectorId sector, Runnable write)
      throws IOException, InterruptedException, CoreException {
    Optional<Boolean> kept =
        CatalogOutage.leftOut(
            work,
            () -> {
              write.run();
              return true;
            });
    if (kept.isEmpty()) {
      LOG.warn(
          "The catalog is away and does not have that {} was checked; the next check records it",
          sector);
    }
  }

  private static int challenges(
      StepInputs inputs, StepWork work, Replica replica, SectorFiles files)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    return work.run(CoreRequests.postCheck(inputs.facts(), replica, files))
        .path("challenges")
        .asInt();
  }

  private static String what(StepInputs inputs) {
    if (inputs.facts().snap() == null) {
      return "";
    }
    if (inputs.makesLostKey()) {
      return ", its update in store \"%s\"".formatted(inputs.repair().updateIn());
    }
    if (inputs.repair() != null && inputs.repair().leavesKey()) {
      return ", the update; its key is lost, which no proof reads";
    }
    return inputs.keyIn() == null
        ? ", key and update"
        : ", its key in store \"%s\"".formatted(inputs.keyIn());
  }
}
