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

/** Asks the copies of a sector in the host's stores to prove themselves. */
final class StoredCopies {

  private static final Logger LOG = LoggerFactory.getLogger(StoredCopies.class);

  /**
   * What the host's stores have of a sector, whole and provable.
   *
   * @param allIn the stores that together have all of it, or null
   * @param keyIn the store that has a snapped sector's key where its update is lost, or null
   * @param faults what is wrong with the copies that were passed over, one line each
   */
  record Found(String allIn, String keyIn, List<String> faults) {

    static final Found NOTHING = new Found(null, null, List.of());

    /** For people, to be put after what else was found. */
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

  /**
   * Looks for a sector, the key of a snapped one before its update: without the key there is
   * nothing to make the update of.
   */
  Found find(StepContext context) throws IOException, InterruptedException {
    Set<String> names = new LinkedHashSet<>();
    List<String> faults = new ArrayList<>();
    for (Replica replica : SectorKind.of(context.facts()).replicas()) {
      Optional<Store> store = intact(context, replica, faults);
      if (store.isEmpty()) {
        return new Found(null, names.stream().findFirst().orElse(null), faults);
      }
      names.add(store.get().name());
    }
    return new Found(String.join(", ", names), null, faults);
  }

  /**
   * A store whose copy has all files in their sizes, CommR as recorded, and answers a challenge.
   */
  private Optional<Store> intact(StepContext context, Replica replica, List<String> faults)
      throws IOException, InterruptedException {
    SectorId sector = context.facts().sector();
    for (Store store : stores.all()) {
      if (store.files(sector).hasPart(replica)) {
        Optional<String> fault = fault(context, replica, store);
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

  private static Optional<String> fault(StepContext context, Replica replica, Store store)
      throws IOException, InterruptedException {
    Optional<String> fault =
        CopyCheck.fault(context::run, context.facts(), replica, store, CopyCheck.Depth.SAMPLE);
    context.throwIfStopped();
    return fault;
  }

  /** Lets the copy that was put into a store prove itself, and a key that is kept. */
  String check(StepContext context) throws Exception {
    SectorFacts facts = context.facts();
    SectorKind kind = context.kind();
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
      challenges += challenges(context, replica, files);
    }
    if (context.keyIn() != null) {
      challenges += challenges(context, Replica.SEALED, key.files(context));
    }
    return "provable in store \"%s\"%s, %d challenges answered"
        .formatted(store.name(), what(context), challenges);
  }

  private static int challenges(StepContext context, Replica replica, SectorFiles files)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    return context
        .run(CoreRequests.postCheck(context.facts(), replica, files))
        .path("challenges")
        .asInt();
  }

  private static String what(StepContext context) {
    if (context.facts().snap() == null) {
      return "";
    }
    return context.keyIn() == null
        ? ", key and update"
        : ", its key in store \"%s\"".formatted(context.keyIn());
  }
}
