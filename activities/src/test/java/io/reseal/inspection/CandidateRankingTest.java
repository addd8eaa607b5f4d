package io.reseal.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.Candidate;
import io.reseal.record.Decision;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.SectorRecord;
import io.reseal.record.Tickets;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.ZeroPieces;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a sector may have been sealed with if its record gives another CommR. */
class CandidateRankingTest {

  private static final SectorId SECTOR = new SectorId(1001, 5);
  private static final String COMM_R = Cid.sealed(new Commitment("0a".repeat(32)));
  private static final String TICKET = "aa".repeat(32);

  /** Every input gives another value. */
  private static final CommitmentCalculator<RuntimeException> CORE =
      new CommitmentCalculator<>() {
        @Override
        public Commitment commD(SealProof proof, List<Piece> pieces) {
          return pieces.stream().allMatch(Piece::isZero)
              ? ZeroPieces.commitment(proof.size().bytes())
              : digest(pieces.toString());
        }

        @Override
        public Commitment replicaId(
            SectorId sector, SealProof proof, Randomness ticket, Commitment commD) {
          return digest(sector + " " + proof + " " + ticket.value() + " " + commD.hex());
        }
      };

  private static Commitment digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      digest[31] &= 0x3f;
      return Commitment.of(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private final Facts.Builder record =
      Facts.builder()
          .put(Fact.PROOF_TYPE, SealProof.KIB_2_V1_1)
          .put(Fact.TICKET, TICKET)
          .put(Fact.COMM_R, COMM_R);

  private final List<Findings> others = new ArrayList<>();
  private Tickets tickets = Tickets.NONE;

  private static Piece piece(int name, long size, long offset) {
    return new Piece(Cid.unsealed(digest("piece " + name)), size, offset);
  }

  private void source(String name, Facts.Builder facts) {
    others.add(new Findings(SECTOR, name, facts.build()));
  }

  private CandidateRanking<RuntimeException> ranking() {
    SectorRecord recorded = SectorRecord.of(SECTOR, record.build(), "notes");
    List<Findings> findings = new ArrayList<>(others);
    findings.add(Findings.of(recorded));
    return new CandidateRanking<>(
        recorded, new Known(Optional.of(recorded), findings, List.<Decision>of()), tickets, CORE);
  }

  private List<String> ranked() {
    return ranking().rank(100).stream().map(Candidate::what).toList();
  }

  /** Nodes know the tipsets of these heights; a ticket is named by both of its epochs. */
  private void nodesDraw(long from, long to) {
    tickets =
        new Tickets() {
          @Override
          public boolean canBeAsked() {
            return true;
          }

          @Override
          public Optional<String> drawn(long tipset, long epoch) {
            return from <= tipset && tipset <= to
                ? Optional.of(digest("ticket " + tipset + " " + epoch).hex())
                : Optional.empty();
          }
        };
  }

  private void chainConfirms(Fact<?>... facts) {
    Facts all = record.build();
    Facts.Builder confirmed = Facts.builder();
    for (Fact<?> fact : facts) {
      all.each(
          (one, value) -> {
            if (one == fact) {
              confirmed.putStored(one, value);
            }
          });
    }
    source(Findings.CHAIN, confirmed);
  }

  // Catches: a source that nobody decided for and is never tried.
  @Test
  void whatOtherSourcesSayComesFirstAndTheChainBeforeAll() {
    source("a log", Facts.builder().put(Fact.TICKET, "bb".repeat(32)));
    source(
        Findings.CHAIN,
        Facts.builder().put(Fact.TICKET, "cc".repeat(32)).put(Fact.PROOF_TYPE, SealProof.KIB_2_V1));

    assertThat(ranked())
        .startsWith(
            "the ticket and proof-type of 'chain'",
            "the ticket of 'a log'",
            "the proof-type of 'chain'",
            "the ticket of 'chain'");
    Candidate first = ranking().rank(1).get(0);
    assertThat(first.facts().ticket().value()).isEqualTo("cc".repeat(32));
    assertThat(first.facts().proof()).isEqualTo(SealProof.KIB_2_V1);
    assertThat(first.facts().commR()).isEqualTo(Cid.ofSealed(COMM_R));
  }

  // Catches: hours of sealing with what cannot be right.
  @Test
  void whatTheChainHasConfirmedIsNotDoubted() {
    record.put(Fact.TICKET_EPOCH, 100L);
    record.put(Fact.COMM_D, Cid.unsealed(ZeroPieces.commitment(2048)));
    nodesDraw(0, 1000);
    chainConfirms(Fact.TICKET, Fact.PROOF_TYPE, Fact.COMM_D);
    source(
        "a log",
        Facts.builder().put(Fact.TICKET, "bb".repeat(32)).put(Fact.PROOF_TYPE, SealProof.KIB_2_V1));

    assertThat(ranked()).isEmpty();
    assertThat(ranking().isConfirmedByChain()).isTrue();
    assertThat(ranking().lacksTickets()).isFalse();
  }

  // Catches: a ticket of another fork, or of an epoch without a block.
  @Test
  void ticketsThatNodesDrawNearTheRecordedEpochAreCandidates() {
    record.put(Fact.TICKET_EPOCH, 100L);
    chainConfirms(Fact.PROOF_TYPE);
    nodesDraw(99, 101);

    assertThat(ranked())
        .containsExactly(
            "the ticket that nodes draw for the recorded epoch 100",
            "the ticket of epoch 99",
            "the ticket of epoch 100 drawn from the tipset at 99",
            "the ticket of epoch 101",
            "the ticket of epoch 100 drawn from the tipset at 101");
    assertThat(ranking().rank(2).get(1).facts().ticket())
        .isEqualTo(new Randomness(digest("ticket 99 99").hex(), 99L));
    assertThat(ranking().lacksTickets()).isFalse();
    tickets = Tickets.NONE;
    assertThat(ranked()).isEmpty();
    assertThat(ranking().lacksTickets()).isTrue();
  }

  // Catches: an order of pieces that nothing confirms, and fillers that were placed otherwise.
  @Test
  void withoutCommDTheOrderOfThePiecesIsOpen() {
    chainConfirms(Fact.TICKET, Fact.PROOF_TYPE);
    record.put(Fact.PIECES, List.of(piece(1, 256, 0), piece(2, 512, 512), piece(3, 256, 1536)));

    assertThat(ranked())
        .containsExactly(
            "the pieces without gaps between them",
            "the pieces with the largest first",
            "the pieces with the smallest first",
            "the pieces in reverse order",
            "zeros instead of the pieces");
    assertThat(ranking().rank(2).get(1).facts().pieces())
        .filteredOn(piece -> !piece.isZero())
        .extracting(Piece::offset)
        .containsExactly(0L, 512L, 768L);
  }

  // Catches: a sector that was sealed empty and got its data by a replica update.
  @Test
  void aSnappedSectorWasProbablySealedEmpty() {
    chainConfirms(Fact.TICKET);
    record
        .put(Fact.PIECES, List.of(piece(1, 2048, 0)))
        .put(Fact.SNAPPED, true)
        .put(Fact.SNAP_COMM_R, Cid.sealed(new Commitment("0b".repeat(32))))
        .put(Fact.SNAP_PIECES, List.of(piece(2, 2048, 0)));

    Candidate zeros = ranking().rank(1).get(0);
    assertThat(zeros.what()).isEqualTo("zeros instead of the pieces");
    assertThat(zeros.evidence()).contains("was snapped");
    assertThat(zeros.facts().hasData()).isFalse();
    assertThat(zeros.facts().snap().pieces()).isNotEmpty();
  }

  // Catches: a sector that was snapped again since its record was made.
  @Test
  void theDataOfAnotherUpdateAreCandidatesForTheUpdateAlone() {
    chainConfirms(Fact.TICKET, Fact.PROOF_TYPE);
    record
        .put(Fact.SNAPPED, true)
        .put(Fact.SNAP_COMM_R, Cid.sealed(new Commitment("0b".repeat(32))))
        .put(Fact.SNAP_PIECES, List.of(piece(2, 512, 0), piece(3, 1024, 1024)));
    source("a log", Facts.builder().put(Fact.SNAP_PIECES, List.of(piece(4, 2048, 0))));

    assertThat(ranked()).isEmpty();
    List<Candidate> updates = ranking().rankUpdates(9);
    assertThat(updates)
        .extracting(Candidate::what)
        .containsExactly(
            "the update's pieces of 'a log'", "in the update, the pieces with the largest first");
    assertThat(updates.get(0).facts().snap().pieces()).containsExactly(piece(4, 2048, 0));
    assertThat(updates)
        .extracting(one -> one.facts().replicaId())
        .containsOnly(
            Inspection.facts(SectorRecord.of(SECTOR, record.build(), "notes"), CORE).replicaId());
    record.put(Fact.SNAP_COMM_D, Cid.unsealed(updates.get(0).facts().snap().commD()));
    record.put(Fact.SNAP_PIECES, List.of(piece(4, 2048, 0)));
    chainConfirms(Fact.SNAP_COMM_D);
    assertThat(ranking().rankUpdates(9)).isEmpty();
  }

  // Catches: a CommD of zeros for a sector that the chain counts deals for.
  @Test
  void aSectorWithDealsWasNotSealedEmpty() {
    record.put(Fact.PIECES, List.of(piece(1, 2048, 0)));
    source(Findings.CHAIN, Facts.builder().put(Fact.HOLDS_DATA, true).put(Fact.SNAPPED, false));
    assertThat(ranked()).doesNotContain("zeros instead of the pieces");
  }

  // Catches: a proof type that is never questioned.
  @Test
  void proofTypesOfTheSameSizeAreCandidatesUnlessANodeConfirmedIt() {
    assertThat(ranked())
        .containsExactly(
            "the proof type StackedDrg2KiBV1",
            "the proof type StackedDrg2KiBV1_1_Feat_SyntheticPoRep",
            "the proof type StackedDrg2KiBV1_2_Feat_NonInteractivePoRep");
    chainConfirms(Fact.PROOF_TYPE);
    assertThat(ranked()).isEmpty();
  }

  // Catches: two wrong inputs of which each is tried with the other one wrong.
  @Test
  void pairsComeAfterAllSingleOnes() {
    record.put(Fact.PIECES, List.of(piece(1, 512, 0), piece(2, 1024, 1024)));

    List<String> all = ranked();

    String order = "the pieces with the largest first";
    String type = "the proof type StackedDrg2KiBV1";
    assertThat(all)
        .containsSubsequence(order, type, "zeros instead of the pieces", order + ", and " + type)
        .doesNotContain(order + ", and zeros instead of the pieces");
    Candidate both = ranking().rank(100).get(all.indexOf(order + ", and " + type));
    assertThat(both.facts().proof()).isEqualTo(SealProof.KIB_2_V1);
    assertThat(both.facts().pieces()).startsWith(piece(2, 1024, 0), piece(1, 512, 1024));
  }

  // Catches: a candidate that is tried twice, or more than were asked for.
  @Test
  void noCandidateHasTheSameReplicaAsAnotherOrTheRecord() {
    record.put(Fact.PIECES, List.of(piece(1, 1024, 0), piece(2, 1024, 1024)));
    source("a log", Facts.builder().put(Fact.TICKET, "bb".repeat(32)));
    source("b log", Facts.builder().put(Fact.TICKET, "bb".repeat(32)));
    source("c log", Facts.builder().put(Fact.TICKET, TICKET).put(Fact.TICKET_EPOCH, 7L));

    List<Candidate> all = ranking().rank(100);
    assertThat(all).extracting(one -> one.facts().replicaId()).doesNotHaveDuplicates();
    assertThat(all)
        .extracting(one -> one.facts().replicaId())
        .doesNotContain(
            Inspection.facts(SectorRecord.of(SECTOR, record.build(), "notes"), CORE).replicaId());
    IntStream.rangeClosed(0, all.size())
        .forEach(most -> assertThat(ranking().rank(most)).isEqualTo(all.subList(0, most)));
  }
}
