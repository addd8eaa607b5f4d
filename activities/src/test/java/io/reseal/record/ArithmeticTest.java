package io.reseal.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.ZeroPieces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Values that cannot be right, as sources really give them. */
class ArithmeticTest {

  private static final SectorRecord WHOLE = Sectors.withPieces();
  private static final SectorRecord SNAPPED = Sectors.snapped();
  private static final SectorRecord EMPTY = Sectors.empty();
  private static final String ZEROS = EMPTY.commD();
  private static final String OTHER_TICKET = "ab".repeat(32);

  private final List<Findings> findings = new ArrayList<>();
  private final List<Decision> decisions = new ArrayList<>();
  private Optional<SectorRecord> record = Optional.empty();

  private Arithmetic judge(FindingsBuilder... sources) {
    for (FindingsBuilder source : sources) {
      findings.add(source.build());
    }
    return new Arithmetic(new Known(record, findings, decisions));
  }

  private static List<String> ruledOut(Arithmetic arithmetic) {
    return arithmetic.ruledOut().stream().map(one -> one.fact() + " of " + one.source()).toList();
  }

  private static FindingsBuilder chain(SectorRecord sector) {
    return FindingsBuilder.of(sector.id(), "chain")
        .proof(sector.proof())
        .commR(sector.commR())
        .proofDue(false)
        .snapped(sector.snap() != null);
  }

  @Test
  void whatFitsTogetherIsLeftAsItIs() {
    for (SectorRecord sector : List.of(WHOLE, SNAPPED, EMPTY)) {
      findings.clear();
      Arithmetic arithmetic =
          judge(FindingsBuilder.of(sector, "a"), FindingsBuilder.of(sector, "chain"));
      assertThat(arithmetic.ruledOut()).isEmpty();
      assertThat(arithmetic.sound()).isEqualTo(findings);
    }
  }

  // Catches: a sector with data that is sealed from zeros because a source gives it no data.
  @Test
  void aSectorThatTheChainCountsDealsForIsNotEmpty() {
    FindingsBuilder empty = FindingsBuilder.of(WHOLE, "a").commD(ZEROS).pieces(List.of());
    FindingsBuilder filler =
        FindingsBuilder.of(WHOLE, "b").commD(null).pieces(List.of(ZeroPieces.piece(2048, 0)));
    Arithmetic arithmetic = judge(empty, filler, chain(WHOLE).holdsData(true));

    assertThat(ruledOut(arithmetic)).containsExactly("comm-d of a", "pieces of a", "pieces of b");
    assertThat(arithmetic.showsData(false)).isTrue();
    assertThat(arithmetic.showsData(true)).isFalse();
  }

  // Catches: the weight of an update taken for that of its key, which then could not be empty.
  @Test
  void theWeightOfASnappedSectorIsThatOfItsUpdate() {
    Arithmetic arithmetic =
        judge(
            FindingsBuilder.of(SNAPPED, "a").snap(ZEROS, SNAPPED.snap().commR(), List.of()),
            chain(SNAPPED).snap(null, SNAPPED.snap().commR(), null).holdsData(true));

    assertThat(ruledOut(arithmetic)).containsExactly("snap-comm-d of a", "snap-pieces of a");
    assertThat(arithmetic.showsData(false)).isFalse();
  }

  @Test
  void aWeightOfZeroProvesNothing() {
    assertThat(judge(FindingsBuilder.of(WHOLE, "a"), chain(WHOLE).holdsData(false)).ruledOut())
        .isEmpty();
  }

  // Catches: an update's stale CommD, from which the whole key would be sealed in vain.
  @Test
  void anUpdateOfZerosHasItsKeysCommR() {
    assertThat(
            ruledOut(
                judge(
                    FindingsBuilder.of(SNAPPED, "curio")
                        .snap(ZEROS, SNAPPED.snap().commR(), null))))
        .containsExactly("snap-comm-d of curio");
  }

  @Test
  void anUpdateWithDataDoesNotHaveItsKeysCommR() {
    Arithmetic stale =
        judge(
            FindingsBuilder.of(SNAPPED, "curio")
                .snap(SNAPPED.snap().commD(), SNAPPED.commR(), SNAPPED.snap().pieces()));
    assertThat(ruledOut(stale)).containsExactly("snap-comm-r of curio");

    Arithmetic onChain = judge(chain(SNAPPED).snap(null, SNAPPED.commR(), null));
    assertThat(ruledOut(onChain)).containsExactly("snap-comm-d of curio", "snap-pieces of curio");
  }

  // Catches: a contradiction left to the operator although arithmetic knows which side is wrong.
  @Test
  void piecesThatGiveCommDBeatThoseThatDoNot() {
    List<Piece> swapped =
        List.of(new Piece(Sectors.PIECE_2, 1024, 0), new Piece(Sectors.PIECE_1, 512, 1024));
    Arithmetic arithmetic =
        judge(
            FindingsBuilder.of(WHOLE, "a").commD(null).pieces(swapped),
            FindingsBuilder.of(WHOLE, "b"),
            FindingsBuilder.of(WHOLE, "c").pieces(List.of()),
            FindingsBuilder.of(WHOLE, "d").pieces(List.of(new Piece(Sectors.PIECE_1, 512, 4096))));

    assertThat(ruledOut(arithmetic)).containsExactly("pieces of a", "pieces of c", "pieces of d");
    assertThat(arithmetic.ruledOut().get(0).why())
        .startsWith("they give CommD baga6ea4seaq")
        .endsWith("but the CommD is " + WHOLE.commD());
    assertThat(arithmetic.ruledOut().get(2).why()).isEqualTo("they cannot lie in a sector of 2KiB");
  }

  @Test
  void theUpdatesPiecesAreComparedWithTheUpdatesCommD() {
    assertThat(
            ruledOut(
                judge(
                    FindingsBuilder.of(SNAPPED, "a"),
                    FindingsBuilder.of(SNAPPED, "b")
                        .snap(
                            null,
                            SNAPPED.snap().commR(),
                            List.of(new Piece(Sectors.PIECE_4, 512, 0))))))
        .containsExactly("snap-pieces of b");
  }

  // Catches: a proof type of another size, which is noticed only when PC1 has begun, or not at all.
  @Test
  void aProofTypeFitsTheSizeThatTheDataShows() {
    Arithmetic byPieces =
        judge(
            FindingsBuilder.of(WHOLE, "a"),
            FindingsBuilder.of(WHOLE, "b").proof(SealProof.MIB_8_V1));
    assertThat(ruledOut(byPieces)).containsExactly("proof-type of b");
    assertThat(byPieces.ruledOut().get(0).why())
        .isEqualTo("its sectors have 8MiB, but the CommD is of a sector of 2KiB");

    findings.clear();
    assertThat(ruledOut(judge(FindingsBuilder.of(EMPTY, "a").proof(SealProof.GIB_32_V1))))
        .containsExactly("proof-type of a");

    findings.clear();
    String zerosOf8 = Cid.unsealed(ZeroPieces.commitment(8 << 20));
    assertThat(
            ruledOut(
                judge(
                    FindingsBuilder.of(EMPTY, "a").commD(zerosOf8).proof(SealProof.MIB_8_V1),
                    chain(EMPTY))))
        .containsExactly("proof-type of a", "comm-d of a");
  }

  // Catches: a CommR of another sealing, and its ticket, taken beside what the chain has.
  @Test
  void aCommRThatTheChainDoesNotKnowIsWrongAndSoIsItsTicket() {
    Arithmetic arithmetic =
        judge(
            FindingsBuilder.of(WHOLE, "old").commR(EMPTY.commR()).ticket(OTHER_TICKET),
            FindingsBuilder.of(WHOLE, "new"),
            chain(WHOLE));

    assertThat(ruledOut(arithmetic))
        .containsExactly(
            "ticket of old",
            "ticket-epoch of old",
            "seed of old",
            "seed-epoch of old",
            "comm-r of old");
  }

  @Test
  void theUpdatesCommRGivenAsTheSectorsIsIgnoredButItsTicketCounts() {
    String update = SNAPPED.snap().commR();
    Arithmetic arithmetic =
        judge(
            FindingsBuilder.of(SNAPPED.id(), "tool").ticket(OTHER_TICKET).commR(update),
            chain(SNAPPED).snap(null, update, null));

    assertThat(ruledOut(arithmetic)).containsExactly("comm-r of tool");
    assertThat(arithmetic.ruledOut().get(0).why())
        .isEqualTo("on chain it is the CommR of the update, and the key's is " + SNAPPED.commR());
  }

  @Test
  void whatIsOnlyPreCommittedCanBePreCommittedAgain() {
    assertThat(
            judge(chain(WHOLE).proofDue(true), FindingsBuilder.of(WHOLE, "a").commR(EMPTY.commR()))
                .ruledOut())
        .isEmpty();
  }

  @Test
  void aSectorThatWasSnappedOnChainIsNotAskedAbout() {
    assertThat(
            ruledOut(
                judge(
                    FindingsBuilder.of(SNAPPED.id(), "old").snapped(false),
                    chain(SNAPPED).snap(null, SNAPPED.snap().commR(), null))))
        .containsExactly("snapped of old");
  }

  @Test
  void anUpdateThatTheChainDoesNotHaveIsLeftToTheOperator() {
    assertThat(judge(FindingsBuilder.of(SNAPPED, "new"), chain(SNAPPED).snapped(false)).ruledOut())
        .isEmpty();
  }

  // Catches: arithmetic that takes a person's decision away.
  @Test
  void aDecisionIsNeverOverruled() {
    decisions.add(new Decision("comm-d", "a", "alice"));
    assertThat(
            ruledOut(
                judge(
                    FindingsBuilder.of(WHOLE, "a").commD(ZEROS).pieces(List.of()),
                    chain(WHOLE).holdsData(true))))
        .containsExactly("pieces of a");
  }

  // Catches: a record of earlier days from which zeros are sealed although the chain has deals.
  @Test
  void aRecordIsJudgedButHasNoSay() {
    SectorRecord bare = Sectors.bare(1001, 3);
    record = Optional.of(bare);
    FindingsBuilder tool = FindingsBuilder.of(bare, "tool").pieces(null);
    assertThat(judge(tool).disprovesRecord()).isFalse();
    Arithmetic arithmetic =
        judge(FindingsBuilder.of(new SectorId(1001, 3), "chain").snapped(false).holdsData(true));
    assertThat(arithmetic.disprovesRecord()).isTrue();
    assertThat(arithmetic.ruledOut()).isEmpty();
  }
}
