package io.reseal.worker;

import io.reseal.appraisal.LossReader;
import io.reseal.catalog.Catalog;
import io.reseal.config.Installation;
import io.reseal.control.BatchActivitiesImpl;
import io.reseal.control.BatchNotifier;
import io.reseal.control.ControlActivitiesImpl;
import io.reseal.control.LossScanActivitiesImpl;
import io.reseal.control.OtherInputs;
import io.reseal.control.Reconciliation;
import io.reseal.control.SeedSearch;
import io.reseal.core.NativeCore;
import io.reseal.follow.Followers;
import io.reseal.follow.LookActivitiesImpl;
import io.reseal.temporal.TemporalConnection;
import java.time.InstantSource;
import java.util.List;

/** The short work that any worker does, whatever its host has. */
public final class ControlWork {

  private ControlWork() {}

  /** The activities of the queue that all workers share. */
  public static List<Object> of(
      Installation installation, Catalog catalog, TemporalConnection temporal, NativeCore core) {
    BatchNotifier batches = new BatchNotifier(catalog, temporal.client());
    return List.of(
        new ControlActivitiesImpl(
            catalog,
            core,
            installation.chain(),
            SeedSearch.of(installation.chain(), catalog),
            OtherInputs.of(installation.chain(), catalog, core),
            batches,
            new Followers(installation, temporal.client()),
            temporal::identity),
        new LookActivitiesImpl(installation, catalog),
        new BatchActivitiesImpl(
            catalog,
            temporal.client(),
            batches,
            new LossReader(catalog, installation.miners()),
            InstantSource.system()),
        new LossScanActivitiesImpl(catalog, installation.chain()),
        new Reconciliation(catalog, temporal.client(), batches, temporal::identity));
  }
}
