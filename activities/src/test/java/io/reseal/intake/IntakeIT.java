package io.reseal.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CatalogSettings;
import io.reseal.intake.Outcome.Contradiction;
import io.reseal.intake.Outcome.Kind;
import io.reseal.intake.Outcome.Reported;
import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.record.FindingsBuilder;
import io.reseal.record.Known;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.reseal.record.Standing;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Findings on sectors taken into a real catalog. */
class IntakeIT {

  private static final SectorRecord WHOLE = Sectors.withPieces();
  private static final SectorId ID = WHOLE.id();
  private static final String OTHER_TICKET = "ab".repeat(32);

  private CatalogSettings settings;
  private Catalog catalog;
  private Intake intake;

  @BeforeEach
  void open() {
    settings = CatalogDatabase.migrated();
    catalog = Catalog.open(settings);
    intake = new Intake(catalog.findings());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private Outcome take(FindingsBuilder findings) {
    return intake.take(findings.build(), false);
  }

  private SectorRecord record() {
    return catalog.sectors().find(ID).orElseThrow();
  }

  @Test
  void aWholeWordIsANewSectorAndTheSameAgainChangesNothing() {
    Outcome first = take(FindingsBuilder.of(WHOLE, "test"));
    assertThat(first.kind()).isEqualTo(Kind.NEW);
    assertThat(record()).isEqualTo(WHOLE);
    assertThat(take(FindingsBuilder.of(WHOLE, "test")).kind()).isEqualTo(Kind.SAME);
    assertThat(take(FindingsBuilder.of(WHOLE, "another")).kind()).isEqualTo(Kind.SAME);
    assertThat(record().source()).isEqualTo("another, test");
  }

  /** Seen to catch: a correction by hand that takes everything else said by hand away. */
  @Test
  void aCorrectionByHandLeavesWhatElseWasSaidByHand() {
    take(FindingsBuilder.of(WHOLE, Findings.BY_HAND));
    String ticket = "11".repeat(32);
    assertThat(take(FindingsBuilder.of(ID, Findings.BY_HAND).ticket(ticket)).kind())
        .isEqualTo(Kind.COMPLETED);
    assertThat(record().ticket().value()).isEqualTo(ticket);
    assertThat(record().ticket().epoch()).isNull();
    assertThat(record().pieces()).isEqualTo(WHOLE.pieces());
    assertThat(record().commR()).isEqualTo(WHOLE.commR());
  }

  @Test
  void aSnappedSectorComesInWhole() {
    assertThat(take(FindingsBuilder.of(Sectors.snapped(), "test")).kind()).isEqualTo(Kind.NEW);
    assertThat(catalog.sectors().find(Sectors.snapped().id())).contains(Sectors.snapped());
  }

  /** Seen to catch findings that are kept only when they make a record. */
  @Test
  void aSectorIsCompletedFromSeveralSources() {
    Outcome first =
        take(
            FindingsBuilder.of(ID, "one")
                .ticket(WHOLE.ticket().value())
                .proof(SealProof.KIB_2_V1_1));
    assertThat(first.kind()).isEqualTo(Kind.INCOMPLETE);
    assertThat(first.missing()).containsExactly("comm-r");
    assertThat(catalog.sectors().find(ID)).isEmpty();

    Outcome second =
        take(
            FindingsBuilder.of(ID, "two")
                .commR(WHOLE.commR())
                .commD(WHOLE.commD())
                .ticketEpoch(-872L));
    assertThat(second.kind()).isEqualTo(Kind.INCOMPLETE);
    assertThat(second.missing()).containsExactly("pieces");

    Outcome third = take(FindingsBuilder.of(ID, "three").pieces(WHOLE.pieces()));
    assertThat(third.kind()).isEqualTo(Kind.NEW);
    assertThat(record())
        .usingRecursiveComparison()
        .ignoringFields("seed", "seedEpoch", "source")
        .isEqualTo(WHOLE);

    Outcome fourth =
        take(FindingsBuilder.of(ID, "four").seed(WHOLE.seed().value(), WHOLE.seedEpoch()));
    assertThat(fourth.kind()).isEqualTo(Kind.COMPLETED);
    assertThat(fourth.cameIn()).containsExactly("seed", "seed-epoch");
    assertThat(record().seed()).isEqualTo(WHOLE.seed());
  }

  /** Seen to catch a dry run that keeps the finding. */
  @Test
  void aDryRunTellsTheSameAndChangesNothing() {
    assertThat(intake.take(FindingsBuilder.of(WHOLE, "test").build(), true).kind())
        .isEqualTo(Kind.NEW);
    assertThat(catalog.findings().of(ID))
        .isEqualTo(new Known(java.util.Optional.empty(), List.of(), List.of()));
  }

  /** Seen to catch a merge in which the later word wins. */
  @Test
  void aContradictionLeavesTheFactAndIsDecidedByTheOperator() {
    take(FindingsBuilder.of(WHOLE, "one"));
    Outcome outcome =
        take(FindingsBuilder.of(ID, "two").ticket(OTHER_TICKET).standing(standing(7)));
    assertThat(outcome.kind()).isEqualTo(Kind.CONTRADICTS);
    assertThat(outcome.contradictions())
        .containsExactly(
            new Contradiction(
                "ticket",
                List.of(
                    new Reported("one", WHOLE.ticket().value()),
                    new Reported("two", OTHER_TICKET))));
    assertThat(record().ticket()).isEqualTo(WHOLE.ticket());
    assertThat(record().standing()).isEqualTo(standing(7));

    Outcome decided = intake.decide(ID, Fact.ofName("ticket"), "two", "alice");
    assertThat(decided.kind()).isEqualTo(Kind.COMPLETED);
    assertThat(decided.cameIn()).containsExactly("ticket");
    assertThat(record().ticket().value()).isEqualTo(OTHER_TICKET);
    assertThat(intake.contradictions(ID)).isEmpty();

    // A third word that differs from both does not open it again, and its own change counts.
    assertThat(take(FindingsBuilder.of(ID, "three").ticket("cd".repeat(32))).kind())
        .isEqualTo(Kind.SAME);
    assertThat(take(FindingsBuilder.of(ID, "two").ticket("ef".repeat(32))).cameIn())
        .containsExactly("ticket");
    assertThat(record().ticket().value()).isEqualTo("ef".repeat(32));
  }

  /** Seen to catch a record made from one of two tickets. */
  @Test
  void noRecordIsMadeWhileSourcesDifferInWhatMakesTheSector() {
    take(FindingsBuilder.of(ID, "one").ticket(OTHER_TICKET));
    assertThat(take(FindingsBuilder.of(WHOLE, "two")).kind()).isEqualTo(Kind.CONTRADICTS);
    assertThat(catalog.sectors().find(ID)).isEmpty();

    assertThat(intake.decide(ID, Fact.ofName("ticket"), "two", "alice").kind()).isEqualTo(Kind.NEW);
    assertThat(record().ticket()).isEqualTo(WHOLE.ticket());
  }

  @Test
  void aDecisionForASourceWithoutAWordIsRefused() {
    take(FindingsBuilder.of(WHOLE, "one"));
    assertThatThrownBy(() -> intake.decide(ID, Fact.ofName("ticket"), "two", "alice"))
        .hasMessage("'two' does not report the ticket of sector f01001/3; these do: 'one'.");
    assertThatThrownBy(() -> intake.decide(ID, Fact.ofName("snap-comm-r"), "one", "alice"))
        .hasMessage("No source reports the snap-comm-r of sector f01001/3.");
    assertThatThrownBy(() -> Fact.ofName("tickets")).hasMessageContaining("there are proof-type,");
    assertThat(catalog.findings().of(ID).decisions()).isEmpty();
  }

  /** Seen to catch layouts compared entry by entry. */
  @Test
  void piecesAgreeWithAndWithoutFillers() {
    take(FindingsBuilder.of(WHOLE, "one"));
    Outcome outcome =
        take(
            FindingsBuilder.of(ID, "two")
                .pieces(
                    List.of(
                        new Piece(Sectors.PIECE_2, 1024, 1024),
                        new Piece(Sectors.PIECE_1, 512, 0))));
    assertThat(outcome.kind()).isEqualTo(Kind.SAME);
    assertThat(take(FindingsBuilder.of(ID, "three").commD(null).pieces(List.of())).remarks())
        .singleElement()
        .asString()
        .startsWith("Ignored the pieces of 'three': without pieces a sector has CommD baga");
  }

  /** Seen to catch a record of earlier days that a first finding replaces. */
  @Test
  void aRecordThatWasBroughtInWholeCountsAsAWordOfItsSource() {
    catalog.sectors().add(WHOLE);
    Outcome outcome = take(FindingsBuilder.of(ID, "chain").ticket(OTHER_TICKET));
    assertThat(outcome.kind()).isEqualTo(Kind.CONTRADICTS);
    assertThat(catalog.findings().of(ID).findings())
        .containsExactly(
            FindingsBuilder.of(ID, "chain").ticket(OTHER_TICKET).build(), Findings.of(WHOLE));

    catalog.sectors().replace(WHOLE);
    assertThat(catalog.findings().of(ID).findings()).containsExactly(Findings.of(WHOLE));
  }

  @Test
  void aSnapThatOnlyOneSourceKnowsOfIsAContradictionAndThenComesIn() {
    SectorRecord snapped = Sectors.snapped();
    SectorRecord before =
        RecordBuilder.of(snapped.id(), snapped.proof(), snapped.ticket(), snapped.commR())
            .seed(snapped.seed())
            .with(Fact.COMM_D, snapped.commD())
            .source("old")
            .build();
    catalog.sectors().add(before);
    Outcome outcome = take(FindingsBuilder.of(snapped, "miner"));
    assertThat(outcome.contradictions()).extracting(Contradiction::fact).containsExactly("snapped");
    assertThat(catalog.sectors().find(snapped.id()).orElseThrow().snap()).isNull();

    intake.decide(snapped.id(), Fact.ofName("snapped"), "miner", "alice");
    assertThat(catalog.sectors().find(snapped.id()).orElseThrow())
        .usingRecursiveComparison()
        .ignoringFields("source")
        .isEqualTo(snapped);
  }

  @Test
  void anUpdateWithoutItsPiecesOrItsCommRIsIncomplete() {
    SectorRecord snapped = Sectors.snapped();
    FindingsBuilder key = FindingsBuilder.of(snapped, "key").snap(null, null, null);
    Outcome outcome = take(key);
    assertThat(outcome.kind()).isEqualTo(Kind.INCOMPLETE);
    assertThat(outcome.missing()).containsExactly("snap-comm-r", "snap-pieces");
  }

  /** Seen to catch findings that make the record impossible and so end the whole import. */
  @Test
  void wordsThatCannotBeTrueTogetherLeaveTheRecord() {
    take(FindingsBuilder.of(WHOLE, "one").pieces(null).commD(null));
    SectorRecord before = record();
    Outcome outcome =
        take(FindingsBuilder.of(ID, "two").pieces(List.of(new Piece(Sectors.PIECE_1, 2048, 2048))));
    assertThat(outcome.kind()).isEqualTo(Kind.CONTRADICTS);
    assertThat(outcome.remarks())
        .containsExactly(
            "The record of sector f01001/3 cannot be right. The pieces end at 4096 bytes, beyond"
                + " the sector's 2048.");
    assertThat(record()).isEqualTo(before);
  }

  @Test
  void theNewestStandingCountsAndAProofThatLandedIsDueNoMore() {
    take(FindingsBuilder.of(WHOLE, "a").standing(standing(10)).proofDue(true));
    assertThat(record().proofDue()).isTrue();
    take(FindingsBuilder.of(ID, "b").standing(standing(9)).proofDue(false));
    assertThat(record().standing()).isEqualTo(standing(10));
    assertThat(record().proofDue()).isFalse();
    take(FindingsBuilder.of(ID, "b").standing(standing(11)));
    assertThat(record().standing()).isEqualTo(standing(11));
  }

  @Test
  void whoeverSaysNothingOfDataLeavesARemark() {
    Outcome outcome =
        take(FindingsBuilder.of(Sectors.bare(ID.miner(), ID.number()), "tool").pieces(null));
    assertThat(outcome.kind()).isEqualTo(Kind.NEW);
    assertThat(outcome.remarks())
        .singleElement()
        .asString()
        .startsWith("No source reports whether");
  }

  private List<Outcome> takeAll(Findings... all) {
    List<Outcome> outcomes = new ArrayList<>();
    intake.takeAll(List.of(all), false, outcomes::add);
    return outcomes;
  }

  /** Seen to catch words of one sector that do not see what an earlier one of them brought. */
  @Test
  void wordsTakenTogetherComeInAsEachByItself() {
    SectorRecord snapped = Sectors.snapped();
    List<Outcome> outcomes =
        takeAll(
            FindingsBuilder.of(ID, "one")
                .ticket(WHOLE.ticket().value())
                .proof(WHOLE.proof())
                .build(),
            FindingsBuilder.of(snapped, "one").build(),
            FindingsBuilder.of(WHOLE, "two").build(),
            FindingsBuilder.of(WHOLE, "two").ticket(OTHER_TICKET).build());

    assertThat(outcomes)
        .extracting(Outcome::sector, Outcome::kind)
        .containsExactly(
            tuple(ID, Kind.INCOMPLETE),
            tuple(snapped.id(), Kind.NEW),
            tuple(ID, Kind.NEW),
            tuple(ID, Kind.CONTRADICTS));
    assertThat(record().ticket().value()).isEqualTo(WHOLE.ticket().value());
    assertThat(intake.contradictions(ID)).hasSize(1);
    assertThat(catalog.sectors().find(snapped.id()))
        .hasValueSatisfying(
            now ->
                assertThat(now)
                    .usingRecursiveComparison()
                    .ignoringFields("source")
                    .isEqualTo(snapped));
  }

  /** Seen to catch a word that cannot be kept and takes those before it with it. */
  @Test
  void oneWordThatCannotBeKeptDoesNotLoseThoseBeforeIt() {
    List<Outcome> outcomes = new ArrayList<>();
    List<Findings> all =
        List.of(
            FindingsBuilder.of(WHOLE, "one").build(),
            FindingsBuilder.of(Sectors.empty(), "s".repeat(701)).build(),
            FindingsBuilder.of(Sectors.snapped(), "one").build());
    assertThatThrownBy(() -> intake.takeAll(all, false, outcomes::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has a name of more than 700 characters");
    assertThat(outcomes).extracting(Outcome::sector).containsExactly(ID);
    assertThat(catalog.sectors().find(ID)).isPresent();
    assertThat(catalog.sectors().find(Sectors.empty().id())).isEmpty();
  }

  /** Seen to catch a record that is written anew although nothing has changed. */
  @Test
  void whatIsKnownAlreadyIsNotWritten() {
    take(FindingsBuilder.of(WHOLE, "one"));
    take(FindingsBuilder.of(ID, "two").ticket(OTHER_TICKET));
    CatalogDatabase.execute(
        settings,
        refusing("sector", "INSERT"),
        refusing("sector_piece", "INSERT"),
        refusing("sector_piece", "DELETE"),
        refusing("sector_finding", "INSERT"));

    assertThat(take(FindingsBuilder.of(WHOLE, "one")).kind()).isEqualTo(Kind.CONTRADICTS);
    assertThatThrownBy(() -> take(FindingsBuilder.of(ID, "two").ticket("cd".repeat(32))))
        .hasMessageContaining("not to be written");
  }

  private static String refusing(String table, String event) {
    return "CREATE TRIGGER %s_%s BEFORE %s ON %s FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not to be written'"
        .formatted(table, event, event, table);
  }

  // Catches: a sector with data that stays in the catalog as one to be sealed from zeros.
  @Test
  void aRecordThatTheChainDisprovesIsNotRebuilt() {
    FindingsBuilder tool = FindingsBuilder.of(WHOLE, "tool").commD(null).pieces(null);
    assertThat(take(tool).kind()).isEqualTo(Kind.NEW);
    assertThat(intake.disproof(ID)).isEmpty();

    Outcome outcome = take(FindingsBuilder.of(ID, "chain").snapped(false).holdsData(true));
    assertThat(outcome.kind()).isEqualTo(Kind.INCOMPLETE);
    assertThat(outcome.missing()).containsExactly("pieces");
    assertThat(outcome.remarks())
        .singleElement()
        .asString()
        .startsWith(
            "The chain says that it holds data (its deal weight is above 0), but no source");
    assertThat(intake.disproof(ID))
        .hasValueSatisfying(why -> assertThat(why).contains("cannot be right", "holds data"));
    assertThat(intake.facts(ID).recorded()).isFalse();

    assertThat(take(FindingsBuilder.of(ID, "miner").pieces(WHOLE.pieces())).kind())
        .isEqualTo(Kind.COMPLETED);
    assertThat(record().pieces()).isEqualTo(WHOLE.pieces());
    assertThat(intake.disproof(ID)).isEmpty();
  }

  // Catches: an update whose data is of before, for which the key would be sealed in vain.
  @Test
  void anUpdateOfZerosWithAnotherCommRIsIncompleteUntilTheChainIsAsked() {
    SectorRecord snapped = Sectors.snapped();
    Outcome outcome =
        take(
            FindingsBuilder.of(snapped, "curio db")
                .snap(snapped.commD(), snapped.snap().commR(), null));
    assertThat(outcome.kind()).isEqualTo(Kind.INCOMPLETE);
    assertThat(outcome.missing()).containsExactly("snap-pieces");
    assertThat(outcome.remarks())
        .containsExactly(
            "Ignored the snap-comm-d of 'curio db': an update of zeros has its key's CommR, and"
                + " this update has another.",
            "The chain may have what is missing: reseal import chain f01001 2.");

    assertThat(take(FindingsBuilder.of(snapped, "chain")).kind()).isEqualTo(Kind.NEW);
    FactSheet sheet = intake.facts(snapped.id());
    assertThat(sheet.facts())
        .filteredOn(line -> line.fact().equals("snap-comm-d"))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.values()).hasSize(2);
              assertThat(line.contradiction()).isFalse();
              assertThat(line.isRuledOut("curio db")).isTrue();
              assertThat(line.isRuledOut("chain")).isFalse();
            });
  }

  // Catches: a record from before its sector ended, which is still rebuilt.
  @Test
  void aRecordWhoseSectorHasEndedIsNotRebuilt() {
    take(FindingsBuilder.of(WHOLE, "one"));
    take(FindingsBuilder.of(ID, "miner").ended(true));
    assertThat(intake.disproof(ID))
        .hasValueSatisfying(why -> assertThat(why).startsWith("A source reports that sector"));
    take(FindingsBuilder.of(ID, "chain").standing(standing(7)));
    assertThat(intake.disproof(ID)).isEmpty();
  }

  @Test
  void aWeightOfZeroIsWorthAWord() {
    take(FindingsBuilder.of(Sectors.bare(ID.miner(), ID.number()), "tool").pieces(null));
    assertThat(take(FindingsBuilder.of(ID, "chain").holdsData(false)).remarks())
        .singleElement()
        .asString()
        .contains("The chain counts no deals for it");
  }

  /** Seen to catch a seed that is recorded under the height of another one. */
  @Test
  void aSeedComesInWithItsOwnHeightOnly() {
    take(FindingsBuilder.of(WHOLE, "one").seed(null, 40L));
    take(FindingsBuilder.of(ID, "chain").seed(WHOLE.seed().value(), WHOLE.seedEpoch()));
    assertThat(record().seed()).isNull();
    assertThat(record().seedEpoch()).isEqualTo(40);

    intake.decide(ID, Fact.ofName("seed-epoch"), "one", "alice");
    assertThat(record().seed()).isNull();
    intake.decide(ID, Fact.ofName("seed-epoch"), "chain", "alice");
    assertThat(record().seed()).isEqualTo(WHOLE.seed());
  }

  /** Seen to catch a further word that takes away what its source had said before. */
  @Test
  void aFurtherWordLeavesWhatItsSourceSaidBefore() {
    take(FindingsBuilder.of(WHOLE, "chain").seed(null, null));
    Outcome outcome =
        intake.add(
            FindingsBuilder.of(ID, "chain")
                .seed(WHOLE.seed().value(), WHOLE.seed().epoch())
                .build());
    assertThat(outcome.cameIn()).containsExactly("seed", "seed-epoch");
    assertThat(record()).usingRecursiveComparison().ignoringFields("source").isEqualTo(WHOLE);
  }

  @Test
  void theFactSheetShowsWhoSaysWhat() {
    take(FindingsBuilder.of(WHOLE, "one").seed(null, null));
    take(FindingsBuilder.of(ID, "two").ticket(OTHER_TICKET).commR(WHOLE.commR()));
    FactSheet sheet = intake.facts(ID);
    assertThat(sheet.recorded()).isTrue();
    assertThat(sheet.facts())
        .extracting(FactSheet.Line::fact)
        .containsExactly(
            "proof-type", "ticket", "ticket-epoch", "comm-d", "comm-r", "pieces", "snapped");
    assertThat(sheet.facts())
        .filteredOn(FactSheet.Line::contradiction)
        .extracting(FactSheet.Line::fact)
        .containsExactly("ticket");
    intake.decide(ID, Fact.ofName("ticket"), "one", "alice");
    assertThat(intake.facts(ID).facts().get(1).decidedFor()).isEqualTo("one");
  }

  /** Seen to catch two words taken at one time of which one is lost from the record. */
  @Test
  void wordsThatComeAtOneTimeAllCount() throws Exception {
    take(FindingsBuilder.of(WHOLE, "one").seed(null, null).ticketEpoch(null));
    List<Callable<Outcome>> tasks = new ArrayList<>();
    tasks.add(
        () -> take(FindingsBuilder.of(ID, "two").seed(WHOLE.seed().value(), WHOLE.seedEpoch())));
    tasks.add(() -> take(FindingsBuilder.of(ID, "three").ticketEpoch(-872L)));
    tasks.add(() -> take(FindingsBuilder.of(ID, "four").standing(standing(3))));
    io.reseal.catalog.Together.run(tasks);
    assertThat(record())
        .usingRecursiveComparison()
        .ignoringFields("source", "standing")
        .isEqualTo(WHOLE);
    assertThat(record().standing()).isEqualTo(standing(3));
  }

  private static Standing standing(long asOf) {
    return new Standing(1L, 2L, 3, 4, true, asOf);
  }
}
