package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.FailureType;
import io.reseal.core.CoreException;
import io.reseal.files.SectorFiles;
import io.reseal.files.Stores;
import io.reseal.sector.SectorId;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The sealed sector that a snapped one's update is made of: in scratch, or in a store that keeps
 * it. One that is kept is only read. It was looked at here and there before; making the update of
 * it tells whether it is right as a whole.
 */
final class UpdateKey {

  private final Stores stores;

  UpdateKey(Stores stores) {
    this.stores = stores;
  }

  /**
   * The key that a store keeps.
   *
   * @param keyIn the store's name; null, or that of a store which is not attached, for no key
   */
  Optional<SectorFiles> kept(SectorId sector, String keyIn) {
    return stores.named(keyIn).map(store -> store.files(sector));
  }

  /** Where a step's key is; one that is gone with its store is a damaged one. */
  SectorFiles files(StepContext context) throws WrongSealException {
    if (context.keyIn() == null) {
      return context.files();
    }
    return kept(context.facts().sector(), context.keyIn())
        .orElseThrow(
            () ->
                damaged("Store \"%s\", which keeps the key, is gone.".formatted(context.keyIn())));
  }

  /** Encodes the update. A kept key that it cannot be made of has to be sealed again. */
  JsonNode encode(StepContext context) throws Exception {
    SectorFiles key = files(context);
    try {
      return context.runOnGpu(context.requests().snapEncode(key));
    } catch (CoreException e) {
      if (context.keyIn() == null || !isToBlame(key, e)) {
        throw e;
      }
      throw damaged(
          "The key that store \"%s\" keeps is of no use: %s"
              .formatted(context.keyIn(), e.getMessage()));
    }
  }

  /**
   * Whether the key's files failed, or the update has the right CommR but does not prove itself.
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
