package io.reseal.control;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.CopyRow;
import io.reseal.config.ChainSettings;
import io.reseal.contract.BatchNews;
import io.reseal.contract.Candidate;
import io.reseal.contract.Candidates;
import io.reseal.contract.ControlActivities;
import io.reseal.contract.FailureType;
import io.reseal.contract.RunRecord;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.SeedAnswer;
import io.reseal.contract.StateChange;
import io.reseal.core.CoreException;
import io.reseal.core.NativeCore;
import io.reseal.follow.Followers;
import io.reseal.inspection.Inspection;
import io.reseal.intake.Intake;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import io.reseal.temporal.TemporalIdentity;
import io.temporal.failure.ApplicationFailure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The catalog's side of a rebuild. */
public final class ControlActivitiesImpl implements ControlActivities {

  private static final Logger LOG = LoggerFactory.getLogger(ControlActivitiesImpl.class);

  private final Catalog catalog;
  private final NativeCore core;
  private final ChainSettings chain;
  private final Optional<SeedSearch> seeds;
  private final OtherInputs inputs;
  private final BatchNotifier batches;
  private final Followers followers;
  private final Supplier<Optional<TemporalIdentity>> temporal;

  /**
   * @param chain tells when a height is reached
   * @param seeds where seeds are looked for that the catalog lacks, if anywhere
   * @param inputs what else sectors may have been sealed with
   * @param temporal which Temporal gives this work, if it has an identity
   */
  public ControlActivitiesImpl(
      Catalog catalog,
      NativeCore core,
      ChainSettings chain,
      Optional<SeedSearch> seeds,
      OtherInputs inputs,
      BatchNotifier batches,
      Followers followers,
      Supplier<Optional<TemporalIdentity>> temporal) {
    this.catalog = catalog;
    this.core = core;
    this.chain = chain;
    this.seeds = seeds;
    this.inputs = inputs;
    this.batches = batches;
    this.followers = followers;
    this.temporal = temporal;
  }

  @Override
  public SectorFacts inspect(SectorId sector) {
    SectorRecord record = recordOf(sector);
    try {
      new Intake(catalog.findings())
          .disproof(sector)
          .ifPresent(
              why -> {
                throw new IllegalArgumentException(why);
              });
      return Inspection.facts(record, core).withCommC(catalog.roots().commC(record).orElse(null));
    } catch (IllegalArgumentException | CoreException e) {
      throw ApplicationFailure.newNonRetryableFailure(
          e.getMessage(), FailureType.SECTOR_INPUTS_INVALID.code());
    }
  }

  @Override
  public String hostWithCopies(SectorId sector) {
    try {
      List<CopyRow> copies = catalog.copies().of(sector);
      return copies.isEmpty()
          ? null
          : CopyHosts.of(catalog, Instant.now()).best(sector, copies).orElse(null);
    } catch (CatalogException e) {
      LOG.warn("Whether a host has copies of sector {} is not known: {}", sector, e.getMessage());
      return null;
    }
  }

  @Override
  public SeedAnswer askSeed(SectorId sector) {
    SectorRecord record = recordOf(sector);
    return record.seed() == null && seeds.isPresent()
        ? answer(seeds.get().search(record))
        : answer(new SeedSearch.Found(record, null));
  }

  private SeedAnswer answer(SeedSearch.Found found) {
    return new SeedAnswer(
        found.record().seed(),
        Optional.ofNullable(found.record().seedEpoch()).flatMap(chain::millisOf).orElse(null),
        found.why());
  }

  @Override
  public Candidates candidates(SectorId sector, int most, String computed) {
    try {
      return inputs.rank(recordOf(sector), most, computed);
    } catch (CoreException e) {
      throw ApplicationFailure.newFailure(e.getMessage(), FailureType.HOST_CORE.code());
    }
  }

  @Override
  public String storeProven(Candidate proven) {
    return inputs.store(proven);
  }

  private SectorRecord recordOf(SectorId sector) {
    return catalog
        .sectors()
        .find(sector)
        .orElseThrow(
            () ->
                ApplicationFailure.newNonRetryableFailure(
                    "Sector %s is not in the catalog; bring its inputs in with `reseal import …` or `reseal sectors add`."
                        .formatted(sector),
                    FailureType.SECTOR_UNKNOWN.code()));
  }

  @Override
  public void record(RunRecord run, List<StateChange> changes) {
    catalog.runs().record(run, changes);
    // Asked once for a run: two requests for each record would be most of what a fleet asks.
    if (catalog.runs().temporalOf(run.runId()).isEmpty()) {
      temporal.get().ifPresent(here -> catalog.runs().isIn(run.runId(), here.toString()));
    }
    // After the catalog: notifying a batch twice does no harm; one that is never notified waits.
    if (BatchNotifier.matters(run, changes)) {
      batches.send(BatchNews.of(run));
    }
    followers.ended(run);
  }
}
