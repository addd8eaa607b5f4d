package io.reseal.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CatalogSettings;
import io.reseal.intake.Outcome.Contradiction;
import io.reseal.intake.Outcome.Kind;
import io.reseal.intake.Outcome.Word;
import io.reseal.record.Findings;
import io.reseal.record.Known;
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

/** Words on sectors taken into a real catalog. */
class IntakeIT {

  private static final SectorRecord WHOLE = Sectors.withPieces();
  private static final SectorId ID = WHOLE.id();
  private static final String OTHER_TICKET = "ab".repeat(32);

  private CatalogSettings settings;
  private Catalog catalog;
  private Intake intake;

  @BeforeEach
  void open() {
    settings = CatalogDatabase.fresh();
    catalog = Catalog.open(settings);
    intake = new Intake(catalog.findings());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private Outcome take(Words words) {
    return intake.take(words.say(), false);
  }

  private SectorRecord record() {
    return catalog.sectors().find(ID).orElseThrow();
  }

  @Test
  void aWholeWordIsANewSectorAndTheSameAgainChangesNothing() {
    Outcome first = take(Words.of(WHOLE, "test"));
    assertThat(first.kind()).isEqualTo(Kind.NEW);
    assertThat(record()).isEqualTo(WHOLE);
    assertThat(take(Words.of(WHOLE, "test")).kind()).isEqualTo(Kind.SAME);
    assertThat(take(Words.of(WHOLE, "another")).kind()).isEqualTo(Kind.SAME);
    assertThat(record().source()).isEqualTo("another, test");
  }

  /** Seen to catch: a correction by hand that takes everything else said by hand away. */
  @Test
  void aCorrectionByHandLeavesWhatElseWasSaidByHand() {
    take(Words.of(WHOLE, Findings.BY_HAND));
    String ticket = "11".repeat(32);
    assertThat(take(Words.of(ID, Findings.BY_HAND).ticket(ticket)).kind())
        .isEqualTo(Kind.COMPLETED);
    assertThat(record().ticket().value()).isEqualTo(ticket);
    assertThat(record().ticket().epoch()).isNull();
    assertThat(record().pieces()).isEqualTo(WHOLE.pieces());
    assertThat(record().commR()).isEqualTo(WHOLE.commR());
  }

  @Test
  void aSnappedSectorComesInWhole() {
    assertThat(take(Words.of(Sectors.snapped(), "test")).kind()).isEqualTo(Kind.NEW);
    assertThat(catalog.sectors().find(Sectors.snapped().id())).contains(Sectors.snapped());
  }

  /** Seen to catch findings that are kept only when they make a record. */
  @Test
  void aSectorIsCompletedFromSeveralSources() {
    Outcome first =
        take(Words.of(ID, "one").ticket(WHOLE.ticket().value()).proof(SealProof.KIB_2_V1_1));
    assertThat(first.kind()).isEqualTo(Kind.INCOMPLETE);
    assertThat(first.missing()).containsExactly("comm-r");
    assertThat(catalog.sectors().find(ID)).isEmpty();

    Outcome second =
        take(Words.of(ID, "two").commR(WHOLE.commR()).commD(WHOLE.commD()).ticketEpoch(-872L));
    assertThat(second.kind()).isEqualTo(Kind.INCOMPLETE);
    assertThat(second.missing()).containsExactly("pieces");

    Outcome third = take(Words.of(ID, "three").pieces(WHOLE.pieces()));
    assertThat(third.kind()).isEqualTo(Kind.NEW);
    assertThat(record())
        .usingRecursiveComparison()
        .ignoringFields("seed", "seedEpoch", "source")
        .isEqualTo(WHOLE);

    Outcome fourth = take(Words.of(ID, "four").seed(WHOLE.seed().value(), WHOLE.seedEpoch()));
    assertThat(fourth.kind()).isEqualTo(Kind.COMPLETED);
    assertThat(fourth.cameIn()).containsExactly("seed", "seed-epoch");
    assertThat(record().seed()).isEqualTo(WHOLE.seed());
  }

  /** Seen to catch a dry run that keeps the finding. */
  @Test
  void aDryRunTellsTheSameAndChangesNothing() {
    assertThat(intake.take(Words.of(WHOLE, "test").say(), true).kind()).isEqualTo(Kind.NEW);
    assertThat(catalog.findings().of(ID))
        .isEqualTo(new Known(java.util.Optional.empty(), List.of(), List.of()));
  }

  /** Seen to catch a merge in which the later word wins. */
  @Test
  void aContradictionLeavesTheFactAndIsDecidedByTheOperator() {
    take(Words.of(WHOLE, "one"));
    Outcome outcome = take(Words.of(ID, "two").ticket(OTHER_TICKET).standing(standing(7)));
    assertThat(outcome.kind()).isEqualTo(Kind.CONTRADICTS);
    assertThat(outcome.contradictions())
        .containsExactly(
            new Contradiction(
                "ticket",
                List.of(new Word("one", WHOLE.ticket().value()), new Word("two", OTHER_TICKET))));
    assertThat(record().ticket()).isEqualTo(WHOLE.ticket());
    assertThat(record().standing()).isEqualTo(standing(7));

    Outcome decided = intake.decide(ID, Fact.ofName("ticket"), "two", "alice");
    assertThat(decided.kind()).isEqualTo(Kind.COMPLETED);
    assertThat(decided.cameIn()).containsExactly("ticket");
    assertThat(record().ticket().value()).isEqualTo(OTHER_TICKET);
    assertThat(intake.contradictions(ID)).isEmpty();

    // A third word that differs from both does not open it again, and its own change counts.
    assertThat(take(Words.of(ID, "three").ticket("cd".repeat(32))).kind()).isEqualTo(Kind.SAME);
    assertThat(take(Words.of(ID, "two").ticket("ef".repeat(32))).cameIn())
        .containsExactly("ticket");
    assertThat(record().ticket().value()).isEqualTo("ef".repeat(32));
  }

  /** Seen to catch a record made from one of two tickets. */
  @Test
  void noRecordIsMadeWhileSourcesDifferInWhatMakesTheSector() {
    take(Words.of(ID, "one").ticket(OTHER_TICKET));
    assertThat(take(Words.of(WHOLE, "two")).kind()).isEqualTo(Kind.CONTRADICTS);
    assertThat(catalog.sectors().find(ID)).isEmpty();

    assertThat(intake.decide(ID, Fact.ofName("ticket"), "two", "alice").kind()).isEqualTo(Kind.NEW);
    assertThat(record().ticket()).isEqualTo(WHOLE.ticket());
  }

  @Test
  void aDecisionForASourceWithoutAWordIsRefused() {
    take(Words.of(WHOLE, "one"));
    assertThatThrownBy(() -> intake.decide(ID, Fact.ofName("ticket"), "two", "alice"))
        .hasMessage("'two' says nothing of the ticket of sector f01001/3; those that do: 'one'.");
    assertThatThrownBy(() -> intake.decide(ID, Fact.ofName("snap-comm-r"), "one", "alice"))
        .hasMessage("No source says anything of the snap-comm-r of sector f01001/3.");
    assertThatThrownBy(() -> Fact.ofName("tickets")).hasMessageContaining("there are proof-type,");
    assertThat(catalog.findings().of(ID).decisions()).isEmpty();
  }

  /** Seen to catch layouts compared entry by entry. */
  @Test
  void piecesAgreeWithAndWithoutFillers() {
    take(Words.of(WHOLE, "one"));
    Outcome outcome =
        take(
            Words.of(ID, "two")
                .pieces(
                    List.of(
                        new Piece(Sectors.PIECE_2, 1024, 1024),
                        new Piece(Sectors.PIECE_1, 512, 0))));
    assertThat(outcome.kind()).isEqualTo(Kind.SAME);
    assertThat(take(Words.of(ID, "three").pieces(List.of())).kind()).isEqualTo(Kind.CONTRADICTS);
  }

  /** Seen to catch a record of earlier days that a first finding replaces. */
  @Test
  void aRecordThatWasBroughtInWholeCountsAsAWordOfItsSource() {
    catalog.sectors().add(WHOLE);
    Outcome outcome = take(Words.of(ID, "chain").ticket(OTHER_TICKET));
    assertThat(outcome.kind()).isEqualTo(Kind.CONTRADICTS);
    assertThat(catalog.findings().of(ID).findings())
        .containsExactly(Words.of(ID, "chain").ticket(OTHER_TICKET).say(), Findings.of(WHOLE));

    catalog.sectors().replace(WHOLE);
    assertThat(catalog.findings().of(ID).findings()).containsExactly(Findings.of(WHOLE));
  }

  @Test
  void aSnapThatOnlyOneSourceKnowsOfIsAContradictionAndThenComesIn() {
    SectorRecord snapped = Sectors.snapped();
    SectorRecord before =
        new SectorRecord(
            snapped.id(),
            snapped.proof(),
            snapped.ticket(),
            snapped.seed(),
            snapped.commD(),
            snapped.commR(),
            List.of(),
            "old",
            null);
    catalog.sectors().add(before);
    Outcome outcome = take(Words.of(snapped, "chain"));
    assertThat(outcome.contradictions()).extracting(Contradiction::fact).containsExactly("snapped");
    assertThat(catalog.sectors().find(snapped.id()).orElseThrow().snap()).isNull();

    intake.decide(snapped.id(), Fact.ofName("snapped"), "chain", "alice");
    assertThat(catalog.sectors().find(snapped.id()).orElseThrow())
        .usingRecursiveComparison()
        .ignoringFields("source")
        .isEqualTo(snapped);
  }

  @Test
  void anUpdateWithoutItsPiecesOrItsCommRIsIncomplete() {
    SectorRecord snapped = Sectors.snapped();
    Words key = Words.of(snapped, "key").snap(null, null, null);
    Outcome outcome = take(key);
    assertThat(outcome.kind()).isEqualTo(Kind.INCOMPLETE);
    assertThat(outcome.missing()).containsExactly("snap-comm-r", "snap-pieces");
  }

  /** Seen to catch findings that make the record impossible and so end the whole import. */
  @Test
  void wordsThatCannotBeTrueTogetherLeaveTheRecord() {
    take(Words.of(WHOLE, "one").pieces(null).commD(null));
    SectorRecord before = record();
    Outcome outcome =
        take(Words.of(ID, "two").pieces(List.of(new Piece(Sectors.PIECE_1, 2048, 2048))));
    assertThat(outcome.kind()).isEqualTo(Kind.CONTRADICTS);
    assertThat(outcome.remarks())
        .containsExactly(
            "The record of sector f01001/3 cannot be right. The pieces end at 4096 bytes, beyond"
                + " the sector's 2048.");
    assertThat(record()).isEqualTo(before);
  }

  @Test
  void theNewestStandingCountsAndAProofThatLandedIsDueNoMore() {
    take(Words.of(WHOLE, "a").standing(standing(10)).proofDue(true));
    assertThat(record().proofDue()).isTrue();
    take(Words.of(ID, "b").standing(standing(9)).proofDue(false));
    assertThat(record().standing()).isEqualTo(standing(10));
    assertThat(record().proofDue()).isFalse();
    take(Words.of(ID, "b").standing(standing(11)));
    assertThat(record().standing()).isEqualTo(standing(11));
  }

  @Test
  void whoeverSaysNothingOfDataLeavesARemark() {
    Outcome outcome = take(Words.of(Sectors.bare(ID.miner(), ID.number()), "tool").pieces(null));
    assertThat(outcome.kind()).isEqualTo(Kind.NEW);
    assertThat(outcome.remarks()).singleElement().asString().startsWith("Nobody says whether");
  }

  private List<Outcome> takeAll(Findings... words) {
    List<Outcome> outcomes = new ArrayList<>();
    intake.takeAll(List.of(words), false, outcomes::add);
    return outcomes;
  }

  /** Seen to catch words of one sector that do not see what an earlier one of them brought. */
  @Test
  void wordsTakenTogetherComeInAsEachByItself() {
    SectorRecord snapped = Sectors.snapped();
    List<Outcome> outcomes =
        takeAll(
            Words.of(ID, "one").ticket(WHOLE.ticket().value()).proof(WHOLE.proof()).say(),
            Words.of(snapped, "one").say(),
            Words.of(WHOLE, "two").say(),
            Words.of(WHOLE, "two").ticket(OTHER_TICKET).say());

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
    List<Findings> words =
        List.of(
            Words.of(WHOLE, "one").say(),
            Words.of(Sectors.empty(), "s".repeat(701)).say(),
            Words.of(Sectors.snapped(), "one").say());
    assertThatThrownBy(() -> intake.takeAll(words, false, outcomes::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has a name of more than 700 characters");
    assertThat(outcomes).extracting(Outcome::sector).containsExactly(ID);
    assertThat(catalog.sectors().find(ID)).isPresent();
    assertThat(catalog.sectors().find(Sectors.empty().id())).isEmpty();
  }

  /** Seen to catch a record that is written anew although nothing has changed. */
  @Test
  void whatIsKnownAlreadyIsNotWritten() {
    take(Words.of(WHOLE, "one"));
    take(Words.of(ID, "two").ticket(OTHER_TICKET));
    CatalogDatabase.execute(
        settings,
        refusing("sector", "INSERT"),
        refusing("sector_piece", "INSERT"),
        refusing("sector_piece", "DELETE"),
        refusing("sector_finding", "INSERT"));

    assertThat(take(Words.of(WHOLE, "one")).kind()).isEqualTo(Kind.CONTRADICTS);
    assertThatThrownBy(() -> take(Words.of(ID, "two").ticket("cd".repeat(32))))
        .hasMessageContaining("not to be written");
  }

  private static String refusing(String table, String event) {
    return "CREATE TRIGGER %s_%s BEFORE %s ON %s FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not to be written'"
        .formatted(table, event, event, table);
  }

  /** Seen to catch a seed that is recorded under the height of another one. */
  @Test
  void aSeedComesInWithItsOwnHeightOnly() {
    take(Words.of(WHOLE, "one").seed(null, 40L));
    take(Words.of(ID, "chain").seed(WHOLE.seed().value(), WHOLE.seedEpoch()));
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
    take(Words.of(WHOLE, "chain").seed(null, null));
    Outcome outcome =
        intake.add(Findings.ofSeed(ID, "chain", WHOLE.seed().value(), WHOLE.seed().epoch()));
    assertThat(outcome.cameIn()).containsExactly("seed", "seed-epoch");
    assertThat(record()).usingRecursiveComparison().ignoringFields("source").isEqualTo(WHOLE);
  }

  @Test
  void theFactSheetShowsWhoSaysWhat() {
    take(Words.of(WHOLE, "one").seed(null, null));
    take(Words.of(ID, "two").ticket(OTHER_TICKET).commR(WHOLE.commR()));
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
    take(Words.of(WHOLE, "one").seed(null, null).ticketEpoch(null));
    List<Callable<Outcome>> tasks = new ArrayList<>();
    tasks.add(() -> take(Words.of(ID, "two").seed(WHOLE.seed().value(), WHOLE.seedEpoch())));
    tasks.add(() -> take(Words.of(ID, "three").ticketEpoch(-872L)));
    tasks.add(() -> take(Words.of(ID, "four").standing(standing(3))));
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
