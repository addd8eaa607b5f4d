package io.reseal.sealing;

import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.Replica;
import io.reseal.files.SectorKind;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the copies of a sector in the host's stores to prove themselves. */
final class StoredCopies {

  private static final Logger LOG = LoggerFactory.getLogger(StoredCopies.class);

  private final Stores stores;

  StoredCopies(Stores stores) {
    this.stores = stores;
  }

  /**
   * The names of the stores that together have the sector intact, a snapped one with its key; or
   * nothing if any of it is lost.
   */
  Optional<String> intact(StepContext context) throws IOException, InterruptedException {
    Set<String> names = new LinkedHashSet<>();
    for (Replica replica : SectorKind.of(context.facts()).replicas()) {
      Optional<Store> store = intact(context, replica);
      if (store.isEmpty()) {
        return Optional.empty();
      }
      names.add(store.get().name());
    }
    return Optional.of(String.join(", ", names));
  }

  /**
   * A store whose copy has all files in their sizes, CommR as recorded, and answers a challenge.
   */
  private Optional<Store> intact(StepContext context, Replica replica)
      throws IOException, InterruptedException {
    SectorFacts facts = context.facts();
    for (Store store : stores.all()) {
      if (store.holdsAllOf(facts.sector(), replica, facts.proof())) {
        try {
          var unused =
              context.run(CoreRequests.postCheck(facts, replica, store.files(facts.sector())));
          return Optional.of(store);
        } catch (CoreException | StageDiedException e) {
          // A disk that fails under the copy may well take the process down: that copy is lost.
          context.throwIfStopped();
          LOG.info(
              "Sector {} in store \"{}\" is not intact: {}",
              facts.sector(),
              store.name(),
              e.getMessage());
        }
      }
    }
    return Optional.empty();
  }

  /** Lets the copy that was put into a store prove itself; one line for people. */
  String check(StepContext context)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    SectorFacts facts = context.facts();
    SectorKind kind = SectorKind.of(facts);
    Store store =
        stores
            .find(facts.sector(), kind)
            .orElseThrow(
                () ->
                    new IOException(
                        "No store of this host has sector %s any more; is a disk missing?"
                            .formatted(facts.sector())));
    int challenges = 0;
    for (Replica replica : kind.replicas()) {
      challenges +=
          context
              .run(CoreRequests.postCheck(facts, replica, store.files(facts.sector())))
              .path("challenges")
              .asInt();
    }
    return "provable in store \"%s\"%s, %d challenges answered"
        .formatted(store.name(), kind.snapped() ? ", key and update" : "", challenges);
  }
}
