package io.reseal.control;

import io.reseal.catalog.Catalog;
import io.reseal.chain.ChainTickets;
import io.reseal.chain.LotusNodes;
import io.reseal.config.ChainSettings;
import io.reseal.contract.Candidate;
import io.reseal.contract.Candidates;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.NativeCore;
import io.reseal.inspection.CandidateRanking;
import io.reseal.intake.Intake;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.SectorRecord;
import io.reseal.record.Tickets;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Searches for what a sector may have been sealed with if its record gives another CommR, and keeps
 * in the catalog what turned out to be right.
 */
public final class OtherInputs {

  private final Catalog catalog;
  private final NativeCore core;
  private final LongFunction<Tickets> tickets;

  /**
   * @param tickets the tickets of a miner
   */
  OtherInputs(Catalog catalog, NativeCore core, LongFunction<Tickets> tickets) {
    this.catalog = catalog;
    this.core = core;
    this.tickets = tickets;
  }

  /** With tickets of the installation's nodes, if it has any. */
  public static OtherInputs of(ChainSettings chain, Catalog catalog, NativeCore core) {
    Optional<LotusNodes> nodes = LotusNodes.of(chain);
    return new OtherInputs(
        catalog,
        core,
        miner -> nodes.<Tickets>map(asked -> new ChainTickets(asked, miner)).orElse(Tickets.NONE));
  }

  /**
   * Inputs other than the record's, the likeliest first.
   *
   * @param computed the roots that the record's inputs gave, as the hexadecimal content of {@code
   *     p_aux}, or null
   */
  Candidates rank(SectorRecord record, int most, String computed) throws CoreException {
    Known known = catalog.findings().of(record.id());
    CandidateRanking<CoreException> ranking =
        new CandidateRanking<>(record, known, tickets.apply(record.id().miner()), core);
    List<String> remarks = new ArrayList<>();
    if (computed != null) {
      otherCommR(record, known, computed).ifPresent(remarks::add);
    }
    if (ranking.isConfirmedByChain()) {
      remarks.add(
          "The chain itself gave its ticket, proof type and CommD, so rather this host computes"
              + " wrongly.");
    }
    if (ranking.lacksTickets()) {
      remarks.add("No node was asked or answered, so tickets of other epochs are not known.");
    }
    return new Candidates(ranking.rank(most), ranking.rankUpdates(most), remarks);
  }

  /** Whether another source knows the CommR that was computed: then the CommR is what is wrong. */
  private Optional<String> otherCommR(SectorRecord record, Known known, String computed)
      throws CoreException {
    Optional<Commitment> commR = core.commR(PAux.of(HexFormat.of().parseHex(computed)));
    if (commR.isEmpty()) {
      return Optional.empty();
    }
    String cid = Cid.sealed(commR.get());
    for (Findings one : known.findings()) {
      boolean ofUpdate = one.facts().get(Fact.SNAP_COMM_R).filter(cid::equals).isPresent();
      if (ofUpdate || one.facts().get(Fact.COMM_R).filter(cid::equals).isPresent()) {
        return Optional.of(
            "What was computed has the CommR that '%s' gives%s: the inputs may be right and the recorded CommR wrong, e.g. that of another update (reseal sectors decide %d %d comm-r '%s')."
                .formatted(
                    one.source(),
                    ofUpdate ? " for the update" : "",
                    record.id().miner(),
                    record.id().number(),
                    one.source()));
      }
    }
    return Optional.empty();
  }

  /** Makes inputs that gave the recorded CommR those of the record, whatever other sources say. */
  String store(Candidate proven) {
    SectorFacts facts = proven.facts();
    SectorId sector = facts.sector();
    Intake intake = new Intake(catalog.findings());
    try {
      Facts inputs = inputs(facts);
      intake.add(new Findings(sector, Findings.REBUILT, inputs, List.of("It gave the CommR.")));
      Fact.DECIDABLE.stream()
          .filter(inputs::has)
          .forEach(fact -> intake.decide(sector, fact, Findings.REBUILT, "reseal"));
    } catch (IllegalArgumentException e) {
      return "the record could not be changed: " + e.getMessage();
    }
    return "the record has these inputs now";
  }

  private static Facts inputs(SectorFacts facts) {
    Facts.Builder inputs =
        Facts.builder()
            .put(Fact.PROOF_TYPE, facts.proof())
            .put(Fact.TICKET, facts.ticket().value())
            .put(Fact.TICKET_EPOCH, Optional.ofNullable(facts.ticket().epoch()))
            .put(Fact.COMM_D, Cid.unsealed(facts.commD()))
            .put(Fact.PIECES, facts.hasData() ? facts.pieces() : List.of());
    if (facts.snap() != null) {
      inputs
          .put(Fact.SNAP_COMM_D, Cid.unsealed(facts.snap().commD()))
          .put(Fact.SNAP_PIECES, facts.snap().pieces());
    }
    return inputs.build();
  }
}
