package io.reseal.steps;

import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
   * @param faults what is wrong with each copy that is not used, one line each
   */
  record Found(String allIn, String keyIn, List<String> faults) {

    static final Found NOTHING = new Found(null, null, List.of());

    /** Suffix for the step's detail. */
    String note() {
      return (keyIn == null ? "" : "; the key is kept, in store \"%s\"".formatted(keyIn))
          + (faults.isEmpty() ? "" : "; not intact: " + String.join("; ", faults));
    }
  }

  private final Stores stores;
  private final UpdateKey key;

  StoredCopies(Stores stores, UpdateKey key) {
    this.stores = stores;
    this.key = key;
  }

  /** Searches for a sector. For a snapped one the key comes first, because the update needs it. */
  Found find(StepInputs inputs, StepWork work) throws IOException, InterruptedException {
    stores.settle(inputs.facts().sector(), inputs.fence());
    Set<String> names = new LinkedHashSet<>();
    List<String> faults = new ArrayList<>();
    for (Replica replica : SectorKind.of(inputs.facts()).replicas()) {
      Optional<Store> store = intact(inputs, work, replica, faults);
      if (store.isEmpty()) {
        return new Found(null, names.stream().findFirst().orElse(null), faults);
      }
      names.add(store.get().name());
    }
    return new Found(String.join(", ", names), null, faults);
  }

  /**
   * A store whose copy has all files in their right sizes and the recorded CommR, and answers a
   * challenge.
   */
  private Optional<Store> intact(
      StepInputs inputs, StepWork work, Replica replica, List<String> faults)
      throws IOException, InterruptedException {
    SectorId sector = inputs.facts().sector();
    for (Store store : stores.all()) {
      if (store.files(sector).hasPart(replica)) {
        Optional<String> fault = fault(inputs, work, replica, store);
        if (fault.isEmpty()) {
          return Optional.of(store);
        }
        String line = "store \"%s\": %s".formatted(store.name(), fault.get());
        LOG.info("A copy of sector {} is not intact: {}", sector, line);
        faults.add(line);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> fault(
      StepInputs inputs, StepWork work, Replica replica, Store store)
      throws IOException, InterruptedException {
    Optional<String> fault =
        CopyCheck.fault(work::run, inputs.facts(), replica, store, CopyCheck.Depth.SAMPLE);
    work.throwIfStopped();
    return fault;
  }

  /** Checks the copy that was put into a store, and the kept key if there is one. */
  String check(StepInputs inputs, StepWork work) throws Exception {
    SectorFacts facts = inputs.facts();
    SectorKind kind = inputs.kind();
    Store store =
        stores
            .find(facts.sector(), kind)
            .orElseThrow(
                () ->
                    new IOException(
                        "No store of this host has sector %s any more; is a disk missing?"
                            .formatted(facts.sector())));
    SectorFiles files = store.files(facts.sector());
    int challenges = 0;
    for (Replica replica : kind.replicas()) {
      challenges += challenges(inputs, work, replica, files);
    }
    if (inputs.keyIn() != null) {
      challenges += challenges(inputs, work, Replica.SEALED, key.files(inputs));
    }
    return "provable in store \"%s\"%s, %d challenges answered"
        .formatted(store.name(), what(inputs), challenges);
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
    return inputs.keyIn() == null
        ? ", key and update"
        : ", its key in store \"%s\"".formatted(inputs.keyIn());
  }
}
