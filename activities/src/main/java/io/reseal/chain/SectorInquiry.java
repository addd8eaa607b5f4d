package io.reseal.chain;

import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.Standing;
import io.reseal.record.TicketEpochs;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.SectorSize;
import java.util.Optional;

/** Collects everything that the chain knows of one sector. */
final class SectorInquiry {

  private static final String PIECES_UNKNOWN =
      "The pieces of sector %s are not known to the nodes.";

  private final ChainApi api;
  private final MinerView miner;
  private final SectorId sector;
  private final TicketEpochs epochs;
  private final Attempts attempts;
  private final DataSearch data;
  private final Facts.Builder facts = Facts.builder();

  /**
   * @param epochs of tickets, as other sources give them
   */
  SectorInquiry(ChainApi api, MinerView miner, SectorId sector, TicketEpochs epochs) {
    this.api = api;
    this.miner = miner;
    this.sector = sector;
    this.epochs = epochs;
    this.attempts = new Attempts(sector);
    this.data = new DataSearch(api, miner, sector, attempts);
  }

  /**
   * What the chain knows of the sector.
   *
   * @param onChain its record, empty if its proof has not landed
   * @return empty if the chain knows no such sector
   */
  Optional<Findings> findings(LotusNodes.Answer<Optional<OnChainSector>> onChain) {
    Optional<OnChainSector> proven = attempts.confirmed(onChain);
    if (proven.isPresent()) {
      putProven(proven.get());
    } else {
      Optional<PreCommit> preCommit = attempts.confirmed(api.preCommit(sector, miner.head()));
      if (preCommit.isEmpty()) {
        return Optional.empty();
      }
      putPromised(preCommit.get());
    }
    return Optional.of(
        new Findings(sector, ChainFindings.SOURCE, facts.build(), attempts.remarks()));
  }

  private void putPromised(PreCommit preCommit) {
    facts
        .put(Fact.PROOF_TYPE, preCommit.proof())
        .put(Fact.COMM_R, preCommit.sealedCid())
        .put(Fact.PROOF_DUE, true)
        .put(Fact.SNAPPED, false)
        .put(Fact.STANDING, new Standing(null, preCommit.expiration(), null, null, null, asOf()));
    putRandomness(preCommit);
    if (preCommit.holdsNothing()) {
      putData(SectorData.zeros(preCommit.proof()), preCommit.proof().size());
      return;
    }
    facts.put(Fact.COMM_D, preCommit.commD());
    if (preCommit.deals().isEmpty()) {
      attempts.remark(
          "The pieces of sector %s are not on chain before its proof has landed."
              .formatted(sector));
    } else {
      attempts
          .conclude(data.promised(preCommit), PIECES_UNKNOWN)
          .ifPresent(found -> putData(found, preCommit.proof().size()));
    }
  }

  private void putProven(OnChainSector onChain) {
    facts
        .put(Fact.PROOF_TYPE, onChain.proof())
        .put(Fact.COMM_R, onChain.commR())
        .put(Fact.PROOF_DUE, false)
        .put(Fact.SNAPPED, onChain.isSnapped())
        .put(Fact.HOLDS_DATA, onChain.holdsData());
    Optional<PreCommit> preCommit =
        attempts.conclude(
            new PreCommitSearch(api, miner, sector, attempts).of(onChain),
            "The ticket's epoch of sector %s is not known to the nodes; another source must give"
                + " its ticket, or that epoch (then ask the chain again).");
    preCommit.ifPresentOrElse(this::putRandomness, () -> putTicketOfGivenEpoch(onChain));
    if (onChain.isSnapped()) {
      // Only a sector without data can be updated.
      putData(SectorData.zeros(onChain.proof()), onChain.proof().size());
      facts.put(Fact.SNAP_COMM_R, onChain.sealedCid());
      putUpdate(onChain);
    } else {
      putSealed(onChain, preCommit);
    }
    putStanding(onChain);
  }

  private void putStanding(OnChainSector onChain) {
    boolean terminated =
        attempts
            .conclude(
                attempts.of("its partition", () -> miner.hasEnded(sector)),
                "Whether sector %s is still live is not known to the nodes.")
            .orElse(false);
    boolean expired = onChain.expiration() <= asOf();
    if (terminated || expired) {
      facts.put(Fact.ENDED, true);
      attempts.remark(
          "Sector %s has ended on chain: it %s. Do not rebuild it."
              .formatted(
                  sector,
                  expired
                      ? "expired at %d".formatted(onChain.expiration())
                      : "is no longer live in its partition, because it was terminated"));
    } else {
      facts.put(Fact.STANDING, standing(onChain));
    }
  }

  private Standing standing(OnChainSector onChain) {
    Optional<ChainApi.Place> place =
        attempts.conclude(
            attempts.of("its deadline", () -> miner.place(sector)),
            "The deadline of sector %s is not known to the nodes.");
    Optional<BitField> faults =
        attempts.conclude(
            attempts.of("the miner's faults", miner::faults),
            "Whether sector %s is faulty is not known to the nodes.");
    return new Standing(
        onChain.activation(),
        onChain.expiration(),
        place.map(ChainApi.Place::deadline).orElse(null),
        place.map(ChainApi.Place::partition).orElse(null),
        faults.map(faulty -> faulty.contains(sector.number())).orElse(null),
        asOf());
  }

  private long asOf() {
    return miner.head().height();
  }

  private void putRandomness(PreCommit preCommit) {
    long epoch = preCommit.ticketEpoch();
    facts.put(Fact.TICKET_EPOCH, epoch).put(Fact.TICKET, ticket(epoch));
    preCommit.epoch().ifPresent(this::putSeed);
  }

  /** Nodes that have lost old states still have the blocks that tickets are drawn from. */
  private void putTicketOfGivenEpoch(OnChainSector onChain) {
    Optional<TicketEpochs.Given> given = epochs.of(sector);
    if (given.isEmpty()) {
      return;
    }
    long epoch = given.get().epoch();
    if (epoch >= onChain.activation()) {
      attempts.remark(
          "The ticket was not drawn at the epoch %d that '%s' gives: the sector was active at %d already."
              .formatted(epoch, given.get().source(), onChain.activation()));
      return;
    }
    Optional<String> ticket = ticket(epoch);
    if (ticket.isPresent()) {
      facts.put(Fact.TICKET_EPOCH, epoch).put(Fact.TICKET, ticket);
      attempts.remark(
          "The ticket was drawn at the epoch %d that '%s' gives; the CommR will show whether that epoch is right."
              .formatted(epoch, given.get().source()));
    }
  }

  private Optional<String> ticket(long epoch) {
    return attempts.conclude(
        attempts.of(
            "the ticket of epoch %d".formatted(epoch),
            () -> attempts.confirmed(miner.ticket(epoch))),
        "The ticket of sector %s is not known to the nodes.");
  }

  private void putSeed(long preCommitEpoch) {
    Optional<Long> epoch =
        attempts.conclude(
            attempts.of("the network's parameters", () -> miner.seedEpoch(preCommitEpoch)),
            "The seed's epoch of sector %s is not known to the nodes.");
    facts.put(Fact.SEED_EPOCH, epoch);
    // The seed is drawn at its epoch: before that there is none.
    epoch
        .filter(drawn -> drawn <= asOf())
        .ifPresent(
            drawn ->
                facts.put(
                    Fact.SEED,
                    attempts.conclude(
                        attempts.of(
                            "the seed of epoch %d".formatted(drawn),
                            () -> attempts.confirmed(miner.seed(drawn))),
                        "The seed of sector %s is not known to the nodes.")));
  }

  private void putSealed(OnChainSector onChain, Optional<PreCommit> preCommit) {
    SealProof proof = onChain.proof();
    if (!proof.hasPreCommit() || preCommit.filter(PreCommit::holdsNothing).isPresent()) {
      putData(SectorData.zeros(proof), proof.size());
      return;
    }
    facts.put(Fact.COMM_D, preCommit.flatMap(PreCommit::commD));
    attempts
        .conclude(data.sealed(onChain, preCommit), PIECES_UNKNOWN)
        .ifPresent(found -> putData(preCommit.flatMap(PreCommit::commD), found, proof.size()));
  }

  private void putData(Optional<String> promised, SectorData found, SectorSize size) {
    if (promised.isPresent()
        && found.commD().isPresent()
        && !found.commD().get().equals(promised.get())) {
      attempts.remark(
          "The pre-commit of sector %s has CommD %s, but its event has %s; the event's pieces were ignored."
              .formatted(sector, promised.get(), found.commD().get()));
    } else {
      putData(found, size);
    }
  }

  private void putData(SectorData found, SectorSize size) {
    facts.put(Fact.COMM_D, found.commD()).put(Fact.PIECES, data.placed(found, size));
  }

  private void putUpdate(OnChainSector onChain) {
    attempts
        .conclude(
            data.updated(onChain),
            "The data of sector %s's update is not known to the nodes: add one that has the miner's"
                + " events of that time, or import the miner's own records.")
        .ifPresent(
            found ->
                facts
                    .put(Fact.SNAP_COMM_D, found.commD())
                    .put(Fact.SNAP_PIECES, data.placed(found, onChain.proof().size())));
  }
}
