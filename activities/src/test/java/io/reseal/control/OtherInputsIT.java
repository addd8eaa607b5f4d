package io.reseal.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.chain.ChainTickets;
import io.reseal.chain.FakeNode;
import io.reseal.chain.Recordings;
import io.reseal.contract.Candidate;
import io.reseal.contract.Candidates;
import io.reseal.core.CoreFiles;
import io.reseal.core.NativeCore;
import io.reseal.inspection.Inspection;
import io.reseal.intake.Intake;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.reseal.record.Tickets;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import io.reseal.sector.Randomness;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Other inputs of real sectors, from a real catalog and from nodes that answer as real ones did.
 */
class OtherInputsIT {

  private static final SectorRecord RIGHT = Sectors.withPieces();
  private static final Randomness WRONG = new Randomness("ab".repeat(32), RIGHT.ticket().epoch());

  /** Two field elements, not the roots of any sector. */
  private static final PAux ROOTS =
      new PAux(new Commitment("01".repeat(31) + "00"), new Commitment("02".repeat(31) + "00"));

  private final NativeCore core = NativeCore.load(CoreFiles.anywhere(System.getenv()));
  private final Recordings recordings = new Recordings("network-2");
  private Catalog catalog;
  private Intake intake;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
    intake = new Intake(catalog.findings());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private SectorRecord record(Randomness ticket) {
    SectorRecord record = RecordBuilder.of(RIGHT).ticket(ticket).source("a log").build();
    catalog.sectors().add(record);
    return record;
  }

  private OtherInputs asking(FakeNode... nodes) {
    return new OtherInputs(catalog, core, miner -> new ChainTickets(FakeNode.nodes(nodes), miner));
  }

  private OtherInputs withoutNodes() {
    return new OtherInputs(catalog, core, miner -> Tickets.NONE);
  }

  // Catches: a ticket of another fork that a real node would correct.
  @Test
  void aRealNodeGivesTheTicketThatTheSectorWasSealedWith() throws Exception {
    SectorRecord record = record(WRONG);
    try (FakeNode node = recordings.node(true, "ddo", "proving")) {
      Candidate first = asking(node).rank(record, 1, null).sealed().get(0);

      assertThat(first.what()).isEqualTo("the ticket that nodes draw for the recorded epoch -872");
      assertThat(first.facts()).isEqualTo(Inspection.facts(RIGHT, core));
    }
  }

  // Catches: a node that is away and ends the search for all other inputs.
  @Test
  void nodesThatAreAwayLeaveTheOtherInputs() throws Exception {
    SectorRecord record = record(WRONG);
    FakeNode away = recordings.node(true, "ddo", "proving");
    away.close();

    Candidates found = asking(away).rank(record, 9, null);
    assertThat(found.remarks())
        .containsExactly(
            "No node was asked or answered, so tickets of other epochs are not known.");
    assertThat(found.sealed()).extracting(Candidate::what).contains("zeros instead of the pieces");
  }

  // Catches: a record that keeps the wrong inputs, or gets them back at the next import.
  @Test
  void provenInputsCountFromThenOn() throws Exception {
    record(WRONG);
    Candidate right =
        new Candidate(Inspection.facts(RIGHT, core), "the ticket of 'b'", "it says so");

    assertThat(withoutNodes().store(right)).isEqualTo("the record has these inputs now");

    SectorRecord now = catalog.sectors().find(RIGHT.id()).orElseThrow();
    assertThat(Inspection.facts(now, core)).isEqualTo(right.facts());
    intake.take(Findings.of(RecordBuilder.of(RIGHT).ticket(WRONG).source("c log").build()), false);
    now = catalog.sectors().find(RIGHT.id()).orElseThrow();
    assertThat(now.ticket()).isEqualTo(RIGHT.ticket());
    assertThat(intake.facts(RIGHT.id()).facts())
        .filteredOn(line -> line.fact().equals("ticket"))
        .allMatch(line -> line.decidedFor().equals("rebuilt"));
  }

  // Catches: hours of trying inputs although it is the CommR that is wrong.
  @Test
  void aCommRThatAnotherSourceKnowsIsNamed() throws Exception {
    SectorRecord record = record(RIGHT.ticket());
    String computed = Cid.sealed(core.commR(ROOTS).orElseThrow());
    intake.add(
        new Findings(
            record.id(), "old records", Facts.builder().put(Fact.COMM_R, computed).build()));

    assertThat(withoutNodes().rank(record, 0, hex(ROOTS)).remarks())
        .anyMatch(
            remark ->
                remark.startsWith("What was computed has the CommR that 'old records' gives")
                    && remark.contains("sectors decide 1001 3 comm-r 'old records'"));
    assertThat(withoutNodes().rank(record, 0, null).remarks()).noneMatch(r -> r.startsWith("What"));
  }

  private static String hex(PAux roots) {
    return roots.commC().hex() + roots.commRLast().hex();
  }

  // Catches: a host that computes wrongly and sends people to look for other inputs.
  @Test
  void ifTheChainGaveEverythingThatIsSaid() throws Exception {
    SectorRecord record = record(RIGHT.ticket());
    intake.add(
        new Findings(
            record.id(),
            Findings.CHAIN,
            Facts.builder()
                .put(Fact.TICKET, RIGHT.ticket().value())
                .put(Fact.PROOF_TYPE, RIGHT.proof())
                .put(Fact.COMM_D, RIGHT.commD())
                .build()));

    Candidates found = withoutNodes().rank(record, 9, null);
    assertThat(found.sealed()).isEqualTo(List.of());
    assertThat(found.remarks()).singleElement().asString().contains("this host computes wrongly");
  }
}
