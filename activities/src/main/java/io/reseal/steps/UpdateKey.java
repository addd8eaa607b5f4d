package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.FailureType;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.files.Placement;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.Stores;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The key of a snapped sector, i.e. the sealed sector that its update is made of: in scratch, or in
 * a store, where it is only read. A store's key has only been sampled; whether all of it is right
 * shows when the update is encoded.
 */
final class UpdateKey {

  private final Stores stores;

  UpdateKey(Stores stores) {
    this.stores = stores;
  }

  /**
   * The key that a store keeps. The files that prove it may be in another store.
   *
   * @param keyIn the name of the store that has its file; there is no key if it is null or the
   *     store is not attached
   */
  Optional<SectorFiles> kept(SectorFacts facts, String keyIn) {
    return stores
        .whole(facts.sector(), Replica.SEALED, facts.proof(), store -> store.name().equals(keyIn))
        .map(Placement::files)
        .or(() -> stores.named(keyIn).map(store -> store.files(facts.sector())));
  }

  /** The files of the step's key; a key whose store is gone counts as damaged. */
  SectorFiles files(StepInputs inputs) throws WrongSealException {
    if (inputs.keyIn() == null) {
      return inputs.files();
    }
    return kept(inputs.facts(), inputs.keyIn())
        .orElseThrow(
            () -> damaged("Store \"%s\", which keeps the key, is gone.".formatted(inputs.keyIn())));
  }

  /** Encodes the update. If that fails because of a kept key, the key must be sealed again. */
  JsonNode encode(StepInputs inputs, StepWork work) throws Exception {
    SectorFiles key = files(inputs);
    try {
      return work.run(inputs.requests().snapEncode(key));
    } catch (CoreException e) {
      if (inputs.keyIn() == null || !isToBlame(key, e)) {
        throw e;
      }
      throw damaged(
          "The key that store \"%s\" keeps is unusable: %s"
              .formatted(inputs.keyIn(), e.getMessage()));
    }
  }

  /**
   * Whether the key is at fault: its files cannot be read, or the update has the right CommR but
   * cannot be proven.
   */
  static boolean isToBlame(SectorFiles key, CoreException e) {
    return switch (e.code()) {
      case SEAL_INVALID -> true;
      case SCRATCH_LOST, IO, DISK_FAILING -> e.file().filter(file -> isOf(key, file)).isPresent();
      default -> false;
    };
  }

  private static boolean isOf(SectorFiles key, Path file) {
    return file.equals(key.sealed()) || file.startsWith(key.cacheDir());
  }

  private static WrongSealException damaged(String why) {
    return new WrongSealException(FailureType.SECTOR_KEY_DAMAGED, why);
  }
}
