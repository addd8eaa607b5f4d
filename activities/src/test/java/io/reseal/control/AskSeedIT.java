package io.reseal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.chain.ChainFindings;
import io.reseal.chain.ChainSeeds;
import io.reseal.chain.FakeNode;
import io.reseal.chain.NodesException;
import io.reseal.chain.Recordings;
import io.reseal.config.ChainSettings;
import io.reseal.contract.SeedAnswer;
import io.reseal.intake.Intake;
import io.reseal.intake.Outcome;
import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.record.FindingsBuilder;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is known of a seed, from a real catalog and from nodes that answer as real ones did. */
class AskSeedIT {

  private static final Instant GENESIS = Instant.parse("2026-01-01T00:00:00Z");

  private Catalog catalog;
  private ControlActivitiesImpl control;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
    control =
        new ControlActivitiesImpl(
            catalog,
            null,
            new ChainSettings(GENESIS, Duration.ofSeconds(10)),
            Optional.empty(),
            null,
            null,
            null,
            Optional::empty);
  }

  /** With these nodes to ask. */
  private ControlActivitiesImpl asking(FakeNode... nodes) {
    return new ControlActivitiesImpl(
        catalog,
        null,
        new ChainSettings(GENESIS, Duration.ofSeconds(10)),
        Optional.of(new SeedSearch(new ChainSeeds(FakeNode.nodes(nodes)), catalog)),
        null,
        null,
        null,
        Optional::empty);
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
    RecordBuilder other = RecordBuilder.of(sector).withoutSeed().with(Fact.PROOF_DUE, true);
    return (seedEpoch == null ? other : other.with(Fact.SEED_EPOCH, seedEpoch)).build();
  }

  @Test
  void aRecordedSeedIsGiven() {
    assertThat(ask(Sectors.empty()).seed()).isEqualTo(Sectors.empty().seed());
  }

  // Seen to fail: with a schema that takes a seed's height only together with the seed.
  @Test
  void aSeedOfWhichTheHeightIsKnownIsDueThen() {
    assertThat(ask(withSeedEpoch(Sectors.empty(), 60L)))
        .isEqualTo(new SeedAnswer(null, GENESIS.plusSeconds(600).toEpochMilli(), null));
  }

  @Test
  void ofASeedWithoutHeightNobodyCanTell() {
    assertThat(ask(withSeedEpoch(Sectors.empty(), null)))
        .isEqualTo(new SeedAnswer(null, null, null));
  }

  private static FakeNode node(String moment) {
    return new Recordings("network-2").node(true, "ddo", moment);
  }

  // Seen to fail: with the answer not kept, and with it kept in the place of all that the chain had
  // said.
  @Test
  void aSeedThatTheCatalogLacksIsTakenFromTheChainAndKeptAsItsWord() {
    SectorRecord lost = Sectors.withPieces();
    Findings earlier =
        FindingsBuilder.of(lost, ChainFindings.SOURCE).seed(null, null).proofDue(true).build();
    assertThat(new Intake(catalog.findings()).take(earlier, false).kind())
        .isEqualTo(Outcome.Kind.NEW);

    try (FakeNode node = node("precommitted")) {
      assertThat(asking(node).askSeed(lost.id()))
          .isEqualTo(
              new SeedAnswer(
                  null,
                  GENESIS.plusSeconds(390).toEpochMilli(),
                  "it is drawn at height 39, and the chain is at 31"));
    }
    assertThat(catalog.sectors().find(lost.id()).orElseThrow().seedEpoch()).isEqualTo(39);

    try (FakeNode node = node("proving")) {
      assertThat(asking(node).askSeed(lost.id()))
          .isEqualTo(new SeedAnswer(lost.seed(), GENESIS.plusSeconds(390).toEpochMilli(), null));
    }
    assertThat(catalog.findings().of(lost.id()).findings())
        .containsExactly(
            FindingsBuilder.of(lost, ChainFindings.SOURCE)
                .seed(lost.seed().value(), 39L)
                .proofDue(true)
                .build());
    assertThat(control.askSeed(lost.id()).seed())
        .as("without nodes, from the catalog")
        .isEqualTo(lost.seed());
  }

  // Seen to fail: with the seed of one height recorded beside the other.
  @Test
  void aHeightThatTheRecordHasOtherwiseIsForAPersonToDecide() {
    SectorRecord lost = withSeedEpoch(Sectors.withPieces(), 40L);
    catalog.sectors().add(lost);
    try (FakeNode node = node("proving")) {
      ControlActivitiesImpl asking = asking(node);
      assertThatThrownBy(() -> asking.askSeed(lost.id()))
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              e -> {
                assertThat(e.getType()).isEqualTo("Sector.InputsInvalid");
                assertThat(e.isNonRetryable()).isTrue();
                assertThat(e.getOriginalMessage())
                    .contains("draws the seed of sector f01001/3 at height 39")
                    .contains("reseal sectors facts 1001 3");
              });
      assertThat(catalog.sectors().find(lost.id()).orElseThrow().seed()).isNull();

      Outcome decided =
          new Intake(catalog.findings())
              .decide(lost.id(), Fact.ofName("seed-epoch"), ChainFindings.SOURCE, "alice");
      assertThat(decided.contradictions()).isEmpty();
      assertThat(asking.askSeed(lost.id()).seed()).isEqualTo(Sectors.withPieces().seed());
    }
  }

  // Seen to fail: with a node that is gone taken for a seed that is not drawn yet.
  @Test
  void aNodeThatIsGoneFailsTheAttemptSoThatItIsSeenAndRetried() {
    SectorRecord lost = withSeedEpoch(Sectors.withPieces(), null);
    catalog.sectors().add(lost);
    FakeNode gone = node("proving");
    ControlActivitiesImpl asking = asking(gone);
    gone.close();
    assertThatThrownBy(() -> asking.askSeed(lost.id()))
        .isInstanceOf(NodesException.class)
        .hasMessageContaining(gone.address().toString());
  }

  @Test
  void aSectorThatIsNotThereIsUnknown() {
    assertThatThrownBy(() -> control.askSeed(Sectors.empty().id()))
        .isInstanceOfSatisfying(
            ApplicationFailure.class, e -> assertThat(e.getType()).isEqualTo("Sector.Unknown"));
  }
}
