package io.reseal.steps;

import io.reseal.contract.CheckLevel;
import io.reseal.files.Placement;
import io.reseal.files.Replica;
import io.reseal.files.Store;
import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Optional;

/** For tests in which nothing is known from earlier checks, or only damage. */
class NoRecords implements StoredCopies.Records {

  @Override
  public void checked(
      SectorId sector, Replica replica, Placement at, CheckLevel level, List<String> faults) {}

  @Override
  public void unsealedChecked(
      SectorId sector, Store store, CheckLevel level, List<String> faults) {}

  @Override
  public Optional<String> damage(SectorId sector, Replica replica, Store store) {
    return Optional.empty();
  }
}
