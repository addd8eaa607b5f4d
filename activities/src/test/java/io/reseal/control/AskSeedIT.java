package io.reseal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.SectorRecord;
import io.reseal.catalog.Sectors;
import io.reseal.config.Installation;
import io.reseal.contract.SeedAnswer;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is known of a seed, from a real catalog. */
class AskSeedIT {

  private static final Instant GENESIS = Instant.parse("2026-01-01T00:00:00Z");

  private Catalog catalog;
  private ControlActivitiesImpl control;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.fresh());
    control =
        new ControlActivitiesImpl(
            catalog, null, new Installation.Chain(GENESIS, Duration.ofSeconds(10)), null);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private SeedAnswer ask(SectorRecord sector) {
    catalog.sectors().add(sector);
    assertThat(catalog.sectors().find(sector.id())).contains(sector);
    return control.askSeed(sector.id());
  }

  private static SectorRecord withSeedEpoch(SectorRecord sector, Long seedEpoch) {
    return new SectorRecord(
        sector.id(),
        sector.proof(),
        sector.ticket(),
        null,
        seedEpoch,
        true,
        sector.commD(),
        sector.commR(),
        sector.pieces(),
        sector.source(),
        null);
  }

  @Test
  void aRecordedSeedIsGiven() {
    assertThat(ask(Sectors.empty()).seed()).isEqualTo(Sectors.empty().seed());
  }

  // Seen to fail: with a schema that takes a seed's height only together with the seed.
  @Test
  void aSeedOfWhichTheHeightIsKnownIsDueThen() {
    assertThat(ask(withSeedEpoch(Sectors.empty(), 60L)))
        .isEqualTo(new SeedAnswer(null, GENESIS.plusSeconds(600).toEpochMilli()));
  }

  @Test
  void ofASeedWithoutHeightNobodyCanTell() {
    assertThat(ask(withSeedEpoch(Sectors.empty(), null))).isEqualTo(new SeedAnswer(null, null));
  }

  @Test
  void aSectorThatIsNotThereIsUnknown() {
    assertThatThrownBy(() -> control.askSeed(Sectors.empty().id()))
        .isInstanceOfSatisfying(
            ApplicationFailure.class, e -> assertThat(e.getType()).isEqualTo("Sector.Unknown"));
  }
}
