package io.reseal.checks;

import io.reseal.files.SectorKind;
import io.reseal.files.StoreStatus;
import io.reseal.losses.RepairOnHost.OfWhatIsLeft;
import io.reseal.plan.Step;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Whether a host has room for the rebuild of a sector. */
public final class RoomOnHost {

  private final BiFunction<SectorId, SectorKind, List<String>> lackOfScratch;
  private final Supplier<List<StoreStatus>> stores;

  /**
   * @param lackOfScratch why no sealing thread has room, or empty
   * @param stores what the last looks at the stores found
   */
  public RoomOnHost(
      BiFunction<SectorId, SectorKind, List<String>> lackOfScratch,
      Supplier<List<StoreStatus>> stores) {
    this.lackOfScratch = lackOfScratch;
    this.stores = stores;
  }

  /**
   * Why there is no room, for people; empty if there is.
   *
   * @param repair of what is left here, or null if all is made
   */
  Optional<String> lack(SectorRecord record, OfWhatIsLeft repair) {
    boolean onlyRepairs = repair != null && repair.steps().contains(Step.REPAIR);
    SectorKind kind = new SectorKind(record.proof(), record.snap() != null);
    List<String> lack =
        new ArrayList<>(lackOfScratch.apply(record.id(), onlyRepairs ? kind.onlyRepaired() : kind));
    if (!onlyRepairs && !anyStoreTakes(record.proof().size().bytes())) {
      lack.add(
          "none of its stores that can be written has %d bytes free"
              .formatted(record.proof().size().bytes()));
    }
    return lack.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", lack));
  }

  private boolean anyStoreTakes(long bytes) {
    return stores.get().stream()
        .anyMatch(
            store -> !store.readonly() && store.fault() == null && store.freeBytes() >= bytes);
  }
}
