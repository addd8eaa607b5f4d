package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.FailureType;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.SectorFiles;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.files.UsableStates;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/**
 * Layers that are in a store because whoever sealed the sector did not clear its cache directory.
 * They are copied into scratch, where labelling continues from them. The core compares some of
 * their labels with those that it computes; only CommR shows that all of them are right.
 */
final class StoredLayers {

  private final Stores stores;

  StoredLayers(Stores stores) {
    this.stores = stores;
  }

  /**
   * What was copied.
   *
   * @param layers up to which layer labelling has nothing left to do; 0 if nothing was copied
   * @param note for the step's detail, or empty
   */
  record Copied(int layers, String note) {

    private static final Copied NOTHING = new Copied(0, "");
  }

  /** A store, and up to which layer labelling would have nothing left to do with what it has. */
  private record Source(Store store, int layers) {}

  /** Copies the layers that scratch lacks, beginning with the store that saves the most work. */
  Copied copy(StepInputs inputs, StepWork work)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    if (!inputs.mayCopyLayers()) {
      return Copied.NOTHING;
    }
    Copied copied = Copied.NOTHING;
    int finished = finished(inputs);
    for (Source source : sources(inputs)) {
      if (source.layers() > Math.max(finished, copied.layers())) {
        JsonNode result =
            work.run(
                CoreRequests.copyLayers(
                    inputs.labelling(), source.store().files(inputs.facts().sector()).cacheDir()));
        if (!result.path("refused").isNull()) {
          work.warn("Layers were not copied: " + result.path("refused").asText());
        }
        if (result.path("copied").asInt() > 0) {
          copied = copied(source.store(), result);
        }
      }
    }
    return copied;
  }

  private static Copied copied(Store store, JsonNode result) {
    int count = result.path("copied").asInt();
    return new Copied(
        result.path("layers").asInt(),
        "%d %s copied from store \"%s\""
            .formatted(count, count == 1 ? "layer" : "layers", store.name()));
  }

  private static int finished(StepInputs inputs) throws IOException {
    return new UsableStates(inputs.thread().scratch(), inputs.facts(), inputs.files())
        .finishedLayers();
  }

  private List<Source> sources(StepInputs inputs) {
    return stores.usable().stream()
        .map(store -> new Source(store, layers(store, inputs)))
        .filter(source -> source.layers() > 0)
        .sorted(Comparator.comparingInt(Source::layers).reversed())
        .toList();
  }

  private static int layers(Store store, StepInputs inputs) {
    SectorFacts facts = inputs.facts();
    List<SectorFiles.Kept> all = store.files(facts.sector()).layers(facts.proof());
    int last = 0;
    for (int number = 1; number <= all.size(); number++) {
      if (all.get(number - 1).isWhole()) {
        last = number;
      } else if (!inputs.needsOnlyLastLayer()) {
        break;
      }
    }
    return last;
  }

  /** Whether some of the layers in scratch, or what they were labelled from, come from a store. */
  static boolean areIn(StepInputs inputs) throws IOException {
    return new UsableStates(inputs.thread().scratch(), inputs.facts(), inputs.files())
        .hasCopiedLayers();
  }

  /**
   * The failure that begins again without layers from stores: what was made of them says nothing
   * about the sector's inputs or this host.
   *
   * @param wrong what is wrong, without a full stop
   */
  static WrongSealException blamed(String wrong) {
    return new WrongSealException(
        FailureType.STORE_LAYERS_WRONG,
        "Layers that were copied from a store are wrong: %s.".formatted(wrong));
  }
}
