package io.reseal.control;

import io.reseal.catalog.Catalog;
import io.reseal.chain.ChainFindings;
import io.reseal.chain.ChainSeeds;
import io.reseal.chain.LotusNodes;
import io.reseal.config.ChainSettings;
import io.reseal.contract.FailureType;
import io.reseal.intake.Intake;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.SectorRecord;
import io.temporal.failure.ApplicationFailure;
import java.util.Objects;
import java.util.Optional;

/**
 * Searches the chain for a seed that the catalog lacks, and keeps it there as a finding of the
 * chain.
 */
public final class SeedSearch {

  private final ChainSeeds seeds;
  private final Catalog catalog;
  private final Intake intake;

  public SeedSearch(ChainSeeds seeds, Catalog catalog) {
    this.seeds = seeds;
    this.catalog = catalog;
    this.intake = new Intake(catalog.findings());
  }

  /** A search at the installation's nodes, if it has any. */
  public static Optional<SeedSearch> of(ChainSettings chain, Catalog catalog) {
    return LotusNodes.of(chain).map(nodes -> new SeedSearch(new ChainSeeds(nodes), catalog));
  }

  /**
   * What came of a search.
   *
   * @param record the sector's record as it is now
   * @param why if there is no seed, what was found instead, for people; otherwise null
   */
  record Found(SectorRecord record, String why) {}

  /** Searches for the seed of a record that has none. */
  Found search(SectorRecord record) {
    ChainSeeds.Drawn drawn = seeds.ask(record.id(), record.commR(), record.seedEpoch());
    if (drawn.epoch() == null) {
      return new Found(record, drawn.why());
    }
    Facts seed =
        Facts.builder()
            .put(Fact.SEED, Optional.ofNullable(drawn.seed()))
            .put(Fact.SEED_EPOCH, drawn.epoch())
            .build();
    intake.add(new Findings(record.id(), ChainFindings.SOURCE, seed));
    SectorRecord now = catalog.sectors().find(record.id()).orElseThrow();
    if (!Objects.equals(now.seedEpoch(), drawn.epoch())
        || (now.seed() == null && drawn.seed() != null)) {
      throw refusal(now, drawn.epoch());
    }
    return new Found(now, drawn.why());
  }

  private static ApplicationFailure refusal(SectorRecord record, long epoch) {
    return ApplicationFailure.newNonRetryableFailure(
        "The chain draws the seed of sector %s at height %d, but other sources say otherwise of its seed or seed-epoch (reseal sectors facts %d %d)."
            .formatted(record.id(), epoch, record.id().miner(), record.id().number()),
        FailureType.SECTOR_INPUTS_INVALID.code());
  }
}
