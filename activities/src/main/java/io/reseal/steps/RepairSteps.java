package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.CheckLevel;
import io.reseal.contract.FailureType;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.files.FileType;
import io.reseal.files.Persisted;
import io.reseal.files.Placement;
import io.reseal.files.RepairedFiles;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that make what stores lack of a sector from what they still have of it. Tree R is
 * computed from all of a replica's file, or from the part of it below the files that are missing.
 * Only if its root, together with a root of tree C, gives the recorded CommR is anything written:
 * then what was read of the file is right to the last bit, and so is what was made from it. If only
 * p_aux is lost, it follows from tree R's files, and a sample of the replica's file is proven with
 * it, as for any other copy that stays.
 */
final class RepairSteps {

  private static final Logger LOG = LoggerFactory.getLogger(RepairSteps.class);

  private final Stores stores;
  private final StoredCopies copies;
  private final Survey survey;

  RepairSteps(Stores stores, StoredCopies copies, Survey survey) {
    this.stores = stores;
    this.copies = copies;
    this.survey = survey;
  }

  /** All of the sector's replicas, except a key that stays lost. */
  StepOutcome repair(StepInputs inputs, StepWork work) throws Exception {
    return repair(inputs, work, inputs.kind().replicas());
  }

  /** The update that a lost key was made from. */
  StepOutcome repairUpdate(StepInputs inputs, StepWork work) throws Exception {
    return repair(inputs, work, List.of(Replica.UPDATE));
  }

  /** The key of an update, which is to be made again from it. */
  StepOutcome repairKey(StepInputs inputs, StepWork work) throws Exception {
    return repair(inputs, work, List.of(Replica.SEALED));
  }

  private StepOutcome repair(StepInputs inputs, StepWork work, List<Replica> replicas)
      throws Exception {
    Map<FileType, Store> places = new EnumMap<>(FileType.class);
    List<String> done = new ArrayList<>();
    for (Replica replica : replicas) {
      Optional<Placement> whole = copies.whole(inputs, work, replica, done);
      if (whole.isPresent()) {
        places.putAll(whole.get().stores());
      } else {
        Optional<Placement> at = withPAuxOfTree(inputs, work, replica, done);
        places.putAll(
            (at.isPresent() ? at.get() : completed(inputs, work, replica, done)).stores());
      }
    }
    if (inputs.unsealing() != null && replicas.equals(inputs.kind().replicas())) {
      places.putAll(unsealed(inputs, work, done).stores());
    }
    stores.release(inputs.facts().sector(), inputs.fence().at());
    return StepOutcome.stored(
        done.isEmpty() ? "nothing was missing any more" : String.join("; ", done),
        StoreSteps.copy(new Placement(inputs.facts().sector(), places)));
  }

  /** Stores the unsealed copy whose data are in scratch. */
  private Placement unsealed(StepInputs inputs, StepWork work, List<String> done) throws Exception {
    UnsealedSteps.requireDigest(inputs, work);
    Persisted persisted =
        stores.persist(
            inputs.files(), inputs.kind().withoutReplicas(), inputs.fence(), work::copied);
    done.add("unsealed copy: " + persisted);
    return persisted.placement();
  }

  /** Writes p_aux if tree R's files give it and the replica's file proves with both. */
  private Optional<Placement> withPAuxOfTree(
      StepInputs inputs, StepWork work, Replica replica, List<String> done) throws Exception {
    SectorFacts facts = inputs.facts();
    Set<Commitment> commC = survey.commC(facts, work::run);
    for (Store tree : stores.usable()) {
      Optional<PAux> roots =
          survey.rootsOfTree(facts, replica, tree.files(facts.sector()), commC, work::run);
      if (roots.isPresent()) {
        for (Store data : stores.usable()) {
          Optional<Placement> at =
              withPAuxOfTree(inputs, work, replica, tree, data, roots.get(), done);
          if (at.isPresent()) {
            return at;
          }
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Placement> withPAuxOfTree(
      StepInputs inputs,
      StepWork work,
      Replica replica,
      Store tree,
      Store data,
      PAux roots,
      List<String> done)
      throws Exception {
    SectorFacts facts = inputs.facts();
    SectorFiles.Kept file = data.files(facts.sector()).replica(replica, facts.proof());
    if (!file.isWhole() || isKnownToBeDamaged(inputs, work, replica, data)) {
      return Optional.empty();
    }
    try (RepairedFiles made = new RepairedFiles(inputs.files(), replica, facts.proof())) {
      Map<Path, String> files =
          made.complete(made.copyTree(tree.files(facts.sector()), replica), roots);
      try {
        work.run(CoreRequests.postCheck(facts, replica, file.path(), made.directory()));
      } catch (CoreException e) {
        LOG.info("{} does not prove with tree R of store \"{}\"", file.path(), tree.name(), e);
        return Optional.empty();
      }
      work.throwIfStopped();
      return Optional.of(put(inputs, replica, data, files, done));
    }
  }

  /** Then only reading all of it shows whether its sealed file or update can stay. */
  private boolean isKnownToBeDamaged(StepInputs inputs, StepWork work, Replica replica, Store store)
      throws IOException, InterruptedException {
    return copies.knownDamage(inputs, work, replica, store).isPresent();
  }

  /** Completes one of the copies, the first that is right. */
  private Placement completed(StepInputs inputs, StepWork work, Replica replica, List<String> done)
      throws Exception {
    SectorFacts facts = inputs.facts();
    Set<Commitment> commC = survey.possibleCommC(facts, work::run);
    List<String> faults = new ArrayList<>();
    for (Store store : stores.usable()) {
      if (store.files(facts.sector()).replica(replica, facts.proof()).isWhole()) {
        Optional<Placement> at = completed(inputs, work, replica, store, commC, done, faults);
        if (at.isPresent()) {
          return at.get();
        }
      }
    }
    throw new WrongSealException(
        FailureType.STORE_REPLICA_DAMAGED,
        faults.isEmpty()
            ? "No store of this host has the %s of sector %s any more."
                .formatted(replica.dataType().folder(), facts.sector())
            : String.join("; ", faults) + ".");
  }

  private Optional<Placement> completed(
      StepInputs inputs,
      StepWork work,
      Replica replica,
      Store store,
      Set<Commitment> commC,
      List<String> done,
      List<String> faults)
      throws Exception {
    SectorFacts facts = inputs.facts();
    StoredReplica stored = new StoredReplica(facts, replica, store, commC);
    try (RepairedFiles made = new RepairedFiles(inputs.files(), replica, facts.proof())) {
      Optional<Stores.Supplemented> at =
          isKnownToBeDamaged(inputs, work, replica, store)
              ? Optional.empty()
              : onlyMissing(inputs, work, stored, made);
      if (at.isEmpty()) {
        at = all(inputs, work, stored, made, faults);
        if (at.isPresent()) {
          copies.keepRecord(inputs, work, replica, at.get().at(), CheckLevel.FULL);
        }
      }
      return at.map(there -> placed(there, inputs, replica, store, done));
    }
  }

  /**
   * Makes only those files of tree R that are missing, each from its own part of the replica. The
   * roots of the others count only if they and those that are made give CommR together; otherwise,
   * and if their store fails, the result is empty and all has to be made.
   */
  private Optional<Stores.Supplemented> onlyMissing(
      StepInputs inputs, StepWork work, StoredReplica stored, RepairedFiles made) throws Exception {
    SectorFacts facts = stored.facts();
    Optional<Store> with = stores.withDirectory(facts.sector(), stored.replica(), stored.store());
    if (with.isEmpty()) {
      return Optional.empty();
    }
    SectorFiles there = with.get().files(facts.sector());
    List<SectorFiles.Kept> tree = there.treeR(stored.replica(), facts.proof());
    List<String> missing =
        tree.stream()
            .filter(file -> !file.isWhole())
            .map(file -> file.path().getFileName().toString())
            .toList();
    if (missing.isEmpty() || missing.size() == tree.size()) {
      return Optional.empty();
    }
    Path others = there.cacheDir(stored.replica());
    JsonNode result;
    try {
      result =
          work.run(CoreRequests.treeR(facts, stored.file(), made.directory(), missing, others));
    } catch (CoreException e) {
      if (e.file()
          .filter(file -> stored.file().equals(file) || file.startsWith(others))
          .isEmpty()) {
        throw e;
      }
      LOG.info("Tree R of {} is made as a whole: {}", stored.file(), e.getMessage());
      return Optional.empty();
    }
    Optional<PAux> right = stored.roots(result);
    if (right.isEmpty()) {
      LOG.info("Tree R of {} is made as a whole: its other files are wrong", stored.file());
      return Optional.empty();
    }
    work.throwIfStopped();
    return stores.supplementIn(
        with.get(),
        facts.sector(),
        stored.replica(),
        stored.store(),
        made.complete(digests(result), right.get()),
        inputs.fence());
  }

  /** Makes all of tree R. */
  private Optional<Stores.Supplemented> all(
      StepInputs inputs,
      StepWork work,
      StoredReplica stored,
      RepairedFiles made,
      List<String> faults)
      throws Exception {
    SectorFacts facts = stored.facts();
    JsonNode result;
    try {
      result = work.run(CoreRequests.treeR(facts, stored.file(), made.directory()));
    } catch (CoreException e) {
      if (e.file().filter(stored.file()::equals).isEmpty()) {
        throw e;
      }
      faults.add("store \"%s\": %s".formatted(stored.store().name(), e.getMessage()));
      return Optional.empty();
    }
    Optional<PAux> right = stored.roots(result);
    if (right.isEmpty()) {
      faults.add(
          "store \"%s\": %s is damaged, its tree R does not give the recorded CommR"
              .formatted(stored.store().name(), stored.file()));
      return Optional.empty();
    }
    work.throwIfStopped();
    return Optional.of(
        stores.supplement(
            facts.sector(),
            stored.replica(),
            facts.proof(),
            stored.store(),
            made.complete(digests(result), right.get()),
            inputs.fence()));
  }

  /** One store's file of a replica, and the roots of tree C that it may have. */
  private final class StoredReplica {

    private final SectorFacts facts;
    private final Replica replica;
    private final Store store;
    private final Set<Commitment> commC;

    private StoredReplica(SectorFacts facts, Replica replica, Store store, Set<Commitment> commC) {
      this.facts = facts;
      this.replica = replica;
      this.store = store;
      this.commC = commC;
    }

    SectorFacts facts() {
      return facts;
    }

    Replica replica() {
      return replica;
    }

    Store store() {
      return store;
    }

    Path file() {
      return store.files(facts.sector()).data(replica);
    }

    /** The roots that give the recorded CommR, if tree R is right. */
    Optional<PAux> roots(JsonNode treeR) {
      if (!treeR.hasNonNull("comm_r_last")) {
        return Optional.empty();
      }
      return survey.right(
          commC, new Commitment(treeR.path("comm_r_last").asText()), facts, replica);
    }
  }

  /** Puts what a replica's directory lacks there. */
  private Placement put(
      StepInputs inputs, Replica replica, Store data, Map<Path, String> files, List<String> done)
      throws IOException {
    SectorFacts facts = inputs.facts();
    return placed(
        stores.supplement(facts.sector(), replica, facts.proof(), data, files, inputs.fence()),
        inputs,
        replica,
        data,
        done);
  }

  /** Notes what was put there; returns where the replica is now. */
  private static Placement placed(
      Stores.Supplemented at, StepInputs inputs, Replica replica, Store data, List<String> done) {
    done.add(
        "%s: %s %s from \"%s\""
            .formatted(
                at.at().of(replica.cacheType()).files(inputs.facts().sector()).cacheDir(replica),
                String.join(", ", at.names()),
                at.names().size() == 1 ? "was made" : "were made",
                data.name()));
    return at.at();
  }

  private static Map<String, String> digests(JsonNode result) {
    Map<String, String> digests = new TreeMap<>();
    result
        .path("files")
        .properties()
        .forEach(file -> digests.put(file.getKey(), file.getValue().asText()));
    return digests;
  }
}
