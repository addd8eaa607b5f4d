package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.NativeCore;
import io.reseal.core.StageDiedException;
import io.reseal.files.FileType;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.plan.Survivor;
import io.reseal.plan.Survivor.Form;
import io.reseal.plan.Survivor.Kind;
import io.reseal.plan.Survivor.Trust;
import io.reseal.plan.Survivors;
import io.reseal.reading.SmallFile;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Finds out what is left of a sector in a host's stores; changes nothing. */
public final class Survey {

  private final Stores stores;
  private final NativeCore core;

  public Survey(Stores stores, NativeCore core) {
    this.stores = stores;
    this.core = core;
  }

  /**
   * What is left of a sector; finds its copies and checks a sample of each.
   *
   * @param program runs the core's operations
   */
  public Survivors of(SectorFacts facts, CopyCheck.Core program)
      throws IOException, InterruptedException {
    return of(
        facts,
        copies(
            facts, (replica, at) -> CopyCheck.fault(program, facts, replica, at).stream().toList()),
        program);
  }

  /** Finds the faults of a copy of a replica. */
  private interface Check {
    List<String> faults(Replica replica, SectorFiles at) throws IOException, InterruptedException;
  }

  private Map<Replica, List<CopySearch.Copy>> copies(SectorFacts facts, Check check)
      throws IOException, InterruptedException {
    Map<Replica, List<CopySearch.Copy>> copies = new EnumMap<>(Replica.class);
    for (Replica replica : SectorKind.of(facts).replicas()) {
      copies.put(
          replica,
          CopySearch.all(stores, facts.sector(), replica, at -> check.faults(replica, at.files())));
    }
    return copies;
  }

  /**
   * What is left of a sector.
   *
   * @param copies the copies of each of its replicas, as {@link CopySearch} found them
   * @param program runs the core's operations
   */
  Survivors of(
      SectorFacts facts, Map<Replica, List<CopySearch.Copy>> copies, CopyCheck.Core program)
      throws IOException, InterruptedException {
    List<Survivor> left = new ArrayList<>();
    Set<Commitment> commC = commC(facts, program);
    for (Store store : stores.usable()) {
      left.addAll(new Leftovers(facts, store).files(commC, program));
    }
    for (Replica replica : SectorKind.of(facts).replicas()) {
      for (Store store : stores.usable()) {
        left.addAll(
            new Look(facts, replica, store, copies.getOrDefault(replica, List.of()))
                .files(commC, program));
      }
      left.addAll(keptPAux(facts, replica));
    }
    return new Survivors(
        facts.snap() != null,
        treeFiles(facts),
        facts.proof().size().layers(),
        facts.commC() != null,
        facts.proof().hasSyntheticProofs(),
        left);
  }

  /**
   * What is probably left of a sector: a copy whose files all have their sizes counts as one that
   * proves. Reads no file but those of a few bytes.
   */
  public Survivors probably(SectorFacts facts) throws IOException, InterruptedException {
    return of(
        facts,
        copies(facts, (replica, at) -> CopyCheck.missing(facts, replica, at)),
        Survey::notRun);
  }

  private static JsonNode notRun(CoreRequest request) throws CoreException {
    throw new CoreException(CoreCode.INVALID_REQUEST, "%s is not run".formatted(request));
  }

  /**
   * What stores have of the forms' own files and of unsealed copies, by nothing but their sizes.
   */
  public Survivors bySize(SectorFacts facts) {
    List<Survivor> left = new ArrayList<>();
    for (Replica replica : SectorKind.of(facts).replicas()) {
      for (Store store : stores.usable()) {
        if (store.files(facts.sector()).replica(replica, facts.proof()).isWhole()) {
          left.add(
              new Survivor(form(replica), Kind.REPLICA, 0, store.name(), false, Trust.RIGHT_SIZE));
        }
        unsealed(facts, replica, store).ifPresent(left::add);
      }
    }
    return new Survivors(
        facts.snap() != null,
        treeFiles(facts),
        facts.proof().size().layers(),
        facts.commC() != null,
        left);
  }

  /** A store's unsealed copy, if it holds the data of the replica; by its size and its trailer. */
  private static Optional<Survivor> unsealed(SectorFacts facts, Replica replica, Store store) {
    if (replica != UnsealedCheck.replica(facts)
        || !store.holds(facts.sector(), FileType.UNSEALED)) {
      return Optional.empty();
    }
    boolean isWhole = store.files(facts.sector()).unsealedFaults(facts.proof()).isEmpty();
    return Optional.of(
        new Survivor(
            form(replica),
            Kind.UNSEALED,
            0,
            store.name(),
            false,
            isWhole ? Trust.RIGHT_SIZE : Trust.DAMAGED));
  }

  private static int treeFiles(SectorFacts facts) {
    return new SectorFiles(Path.of("/"), facts.sector())
        .treeR(Replica.SEALED, facts.proof())
        .size();
  }

  /**
   * The roots of tree C that are recorded, or that some p_aux of the sector proves to be right. If
   * there are none, proofs or tree C itself may have it: then files of tree R prove it.
   */
  Set<Commitment> commC(SectorFacts facts, CopyCheck.Core program)
      throws IOException, InterruptedException {
    Set<Commitment> found = new LinkedHashSet<>();
    Optional.ofNullable(facts.commC()).ifPresent(found::add);
    for (Replica replica : SectorKind.of(facts).replicas()) {
      for (Path pAux : stores.knownPAux(facts.sector(), replica).values()) {
        roots(pAux)
            .filter(roots -> gives(roots, facts, replica))
            .ifPresent(roots -> found.add(roots.commC()));
      }
    }
    return found.isEmpty() ? provenCommC(facts, program) : found;
  }

  /**
   * The same, or, if none is known to be right, those that files name: for a tree R that is to be
   * computed, which shows whether one of them is right.
   */
  Set<Commitment> possibleCommC(SectorFacts facts, CopyCheck.Core program)
      throws IOException, InterruptedException {
    Set<Commitment> right = commC(facts, program);
    return right.isEmpty() ? namedCommC(facts, program) : right;
  }

  private Set<Commitment> namedCommC(SectorFacts facts, CopyCheck.Core program)
      throws IOException, InterruptedException {
    Set<Commitment> named = new LinkedHashSet<>();
    for (Store store : stores.usable()) {
      for (SectorFiles copy : store.copies(facts.sector()).values()) {
        named.addAll(NamedCommC.in(copy, facts.proof(), program).keySet());
      }
    }
    return named;
  }

  private Set<Commitment> provenCommC(SectorFacts facts, CopyCheck.Core program)
      throws IOException, InterruptedException {
    Set<Commitment> possible = namedCommC(facts, program);
    for (Replica replica : SectorKind.of(facts).replicas()) {
      for (Store store : stores.usable()) {
        Optional<PAux> roots =
            rootsOfTree(facts, replica, store.files(facts.sector()), possible, program);
        if (roots.isPresent()) {
          return Set.of(roots.get().commC());
        }
      }
    }
    return Set.of();
  }

  /**
   * The roots that the files of a store's tree R belong to, if they are all there and give the
   * replica's CommR together with a known root of tree C.
   *
   * @param commC the known roots of tree C
   */
  Optional<PAux> rootsOfTree(
      SectorFacts facts,
      Replica replica,
      SectorFiles files,
      Set<Commitment> commC,
      CopyCheck.Core program)
      throws IOException, InterruptedException {
    if (commC.isEmpty()
        || !files.treeR(replica, facts.proof()).stream().allMatch(SectorFiles.Kept::isWhole)) {
      return Optional.empty();
    }
    Commitment root;
    try {
      root =
          new Commitment(
              program
                  .run(CoreRequests.treeRRoot(facts.proof(), files.cacheDir(replica)))
                  .path("comm_r_last")
                  .asText());
    } catch (CoreException | StageDiedException e) {
      // Files that are damaged, or on a failing disk.
      return Optional.empty();
    }
    return right(commC, root, facts, replica);
  }

  /**
   * The roots that give a replica's CommR, if the root of its tree R is right.
   *
   * @param commC the known roots of tree C
   */
  Optional<PAux> right(
      Set<Commitment> commC, Commitment commRLast, SectorFacts facts, Replica replica) {
    return commC.stream()
        .map(known -> new PAux(known, commRLast))
        .filter(roots -> gives(roots, facts, replica))
        .findFirst();
  }

  /** Whether these are the roots of one of the sector's replicas. */
  private boolean gives(PAux roots, SectorFacts facts, Replica replica) {
    try {
      return core.commR(roots).filter(ReplicaFacts.of(facts, replica).commR()::equals).isPresent();
    } catch (CoreException e) {
      return false;
    }
  }

  private static Optional<PAux> roots(Path pAux) {
    try {
      return Optional.of(PAux.of(SmallFile.read(pAux)));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Trust trust(Path pAux, SectorFacts facts, Replica replica) {
    return roots(pAux).filter(roots -> gives(roots, facts, replica)).isPresent()
        ? Trust.VERIFIED
        : Trust.DAMAGED;
  }

  private List<Survivor> keptPAux(SectorFacts facts, Replica replica) {
    List<Survivor> kept = new ArrayList<>();
    for (Store store : stores.usable()) {
      try {
        store
            .olderCopies(facts.sector())
            .forEach(
                (dir, files) -> {
                  if (SectorFiles.exists(files.pAux(replica))) {
                    kept.add(
                        new Survivor(
                            form(replica),
                            Kind.P_AUX,
                            0,
                            dir.toString(),
                            true,
                            trust(files.pAux(replica), facts, replica)));
                  }
                });
      } catch (IOException e) {
        // What cannot be listed is of no help.
      }
    }
    return kept;
  }

  private static Form form(Replica replica) {
    return replica == Replica.SEALED ? Form.SEALED : Form.UPDATE;
  }

  /**
   * What a store has of a sector that other software removes once the sector is proven: layers,
   * trees C and D, and the output of commit 1.
   */
  private record Leftovers(SectorFacts facts, Store store) {

    /**
     * What there is.
     *
     * @param commC the known roots of tree C
     */
    List<Survivor> files(Set<Commitment> commC, CopyCheck.Core program)
        throws IOException, InterruptedException {
      SectorFiles files = store.files(facts.sector());
      List<Survivor> found = new ArrayList<>();
      add(found, Kind.LAYER, 1, files.layers(facts.proof()), Trust.RIGHT_SIZE);
      add(found, Kind.TREE_D, 0, List.of(files.treeD(facts.proof())), Trust.RIGHT_SIZE);
      boolean hasCommit1 = SectorFiles.exists(files.commit1Output());
      if (hasCommit1 || NamedCommC.hasTreeC(files, facts.proof())) {
        boolean isRight =
            NamedCommC.in(files, facts.proof(), program).keySet().stream()
                .anyMatch(commC::contains);
        Trust trust = isRight ? Trust.VERIFIED : Trust.RIGHT_SIZE;
        add(found, Kind.TREE_C, 0, files.treeC(facts.proof()), trust);
        if (hasCommit1) {
          found.add(survivor(Kind.PROOFS, 0, trust));
        }
      } else {
        add(found, Kind.TREE_C, 0, files.treeC(facts.proof()), Trust.RIGHT_SIZE);
      }
      return found;
    }

    /** Those that are there; one of another size is damaged. */
    private void add(
        List<Survivor> found, Kind kind, int first, List<SectorFiles.Kept> files, Trust whole) {
      int number = first;
      for (SectorFiles.Kept file : files) {
        if (SectorFiles.exists(file.path())) {
          found.add(survivor(kind, number, file.isWhole() ? whole : Trust.DAMAGED));
        }
        number++;
      }
    }

    private Survivor survivor(Kind kind, int number, Trust trust) {
      return new Survivor(Form.SEALED, kind, number, store.name(), false, trust);
    }
  }

  /** A look at the files of one replica in one store. */
  private final class Look {

    private final SectorFacts facts;
    private final Replica replica;
    private final Store store;
    private final SectorFiles files;
    private final List<CopySearch.Copy> copies;

    private Look(SectorFacts facts, Replica replica, Store store, List<CopySearch.Copy> copies) {
      this.facts = facts;
      this.replica = replica;
      this.store = store;
      this.files = store.files(facts.sector());
      this.copies = copies;
    }

    /**
     * What there is.
     *
     * @param commC the known roots of tree C
     */
    private List<Survivor> files(Set<Commitment> commC, CopyCheck.Core program)
        throws IOException, InterruptedException {
      List<Survivor> found = new ArrayList<>();
      SectorFiles.Kept data = files.replica(replica, facts.proof());
      if (SectorFiles.exists(data.path())) {
        found.add(
            survivor(
                Kind.REPLICA, 0, sampled(data, proves(copy -> copy.at().of(replica.dataType())))));
      }
      Optional<Trust> pAux =
          SectorFiles.exists(files.pAux(replica))
              ? Optional.of(trust(files.pAux(replica), facts, replica))
              : Optional.empty();
      pAux.ifPresent(trust -> found.add(survivor(Kind.P_AUX, 0, trust)));
      boolean treeIsRight =
          pAux.filter(Trust.VERIFIED::equals).isEmpty()
              && rootsOfTree(facts, replica, files, commC, program).isPresent();
      found.addAll(tree(treeIsRight));
      if (hasTAux()) {
        found.add(survivor(Kind.T_AUX, 0, Trust.RIGHT_SIZE));
      }
      if (replica == Replica.UPDATE) {
        UpdateProofs.commC(files)
            .map(named -> commC.contains(named) ? Trust.VERIFIED : Trust.RIGHT_SIZE)
            .ifPresent(trust -> found.add(survivor(Kind.PROOFS, 0, trust)));
      }
      unsealed(facts, replica, store).ifPresent(found::add);
      return found;
    }

    private List<Survivor> tree(boolean isRight) {
      List<Survivor> found = new ArrayList<>();
      boolean proves = proves(copy -> copy.at().of(replica.cacheType()));
      int number = 0;
      for (SectorFiles.Kept tree : files.treeR(replica, facts.proof())) {
        if (SectorFiles.exists(tree.path())) {
          found.add(
              survivor(Kind.TREE_R, number, isRight ? Trust.VERIFIED : sampled(tree, proves)));
        }
        number++;
      }
      return found;
    }

    private boolean hasTAux() {
      try {
        return !files.lacksTAux(replica);
      } catch (IOException e) {
        return false;
      }
    }

    private boolean proves(Function<CopySearch.Copy, Store> part) {
      return copies.stream().anyMatch(copy -> copy.proves() && part.apply(copy) == store);
    }

    private static Trust sampled(SectorFiles.Kept file, boolean proves) {
      if (proves) {
        return Trust.SAMPLED;
      }
      return file.isWhole() ? Trust.RIGHT_SIZE : Trust.DAMAGED;
    }

    private Survivor survivor(Kind kind, int number, Trust trust) {
      return new Survivor(form(replica), kind, number, store.name(), false, trust);
    }
  }
}
