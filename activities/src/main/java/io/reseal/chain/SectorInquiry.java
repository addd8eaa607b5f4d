package io.reseal.chain;

import io.reseal.record.Findings;
import io.reseal.record.Standing;
import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.ZeroPieces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks for all that the chain knows of one sector, each fact of one source after the other, and
 * remembers what each source answered where a fact stays unknown.
 */
final class SectorInquiry {

  private static final String PIECES_UNKNOWN =
      "The pieces of sector %s are not known to the nodes.";

  private static final long DAY = 2880;

  /** Longest time from a pre-commit to its proof that a network has allowed. */
  private static final long LONGEST_PROOF_DAYS = 31;

  private final ChainApi api;
  private final MinerView miner;
  private final SectorId sector;
  private final List<String> remarks = new ArrayList<>();

  /** What the sources of the fact that is looked for have answered instead of it. */
  private final List<String> tries = new ArrayList<>();

  private SealProof proof;
  private Long ticketEpoch;
  private String ticket;
  private Long seedEpoch;
  private String seed;
  private String commD;
  private String commR;
  private List<Piece> pieces;
  private String snapCommD;
  private String snapCommR;
  private List<Piece> snapPieces;

  SectorInquiry(ChainApi api, MinerView miner, SectorId sector) {
    this.api = api;
    this.miner = miner;
    this.sector = sector;
  }

  /**
   * What the chain says of a sector.
   *
   * @param onChain its record, empty where its proof has not landed
   * @return empty if the chain knows no such sector
   */
  Optional<Findings> findings(LotusNodes.Answer<Optional<OnChainSector>> onChain) {
    onChain.unconfirmed().ifPresent(remarks::add);
    return onChain.value().isPresent()
        ? Optional.of(proven(onChain.value().get()))
        : known(api.preCommit(sector, miner.head())).map(this::promised);
  }

  private Findings promised(PreCommit preCommit) {
    proof = preCommit.proof();
    commR = preCommit.sealedCid();
    takeRandomness(preCommit);
    if (holdsNothing(preCommit)) {
      takeNothing();
    } else {
      preCommit.commD().ifPresent(cid -> commD = cid);
      if (!preCommit.deals().isEmpty()) {
        settled(deals(preCommit.deals(), List.of(miner.head())), PIECES_UNKNOWN)
            .ifPresent(data -> takeData(new SectorData(preCommit.commD(), data)));
      } else {
        remarks.add(
            "The pieces of sector %s are not on chain before its proof has landed."
                .formatted(sector));
      }
    }
    return result(
        true, false, new Standing(null, preCommit.expiration(), null, null, null, asOf()));
  }

  private Findings proven(OnChainSector onChain) {
    proof = onChain.proof();
    commR = onChain.commR();
    Optional<PreCommit> preCommit =
        settled(
            preCommit(onChain),
            "The ticket's epoch of sector %s is not known to the nodes; another source has to give"
                + " its ticket.");
    preCommit.ifPresent(this::takeRandomness);
    if (onChain.isSnapped()) {
      snapCommR = onChain.sealedCid();
      // Only a sector without data may be updated.
      takeNothing();
      takeUpdate(onChain);
    } else {
      takeSealed(onChain, preCommit);
    }
    Optional<ChainApi.Place> place =
        settled(
            tried("its deadline", () -> miner.place(sector)),
            "The deadline of sector %s is not known to the nodes.");
    Optional<BitField> faults =
        settled(
            tried("the miner's faults", miner::faults),
            "Whether sector %s is faulty is not known to the nodes.");
    return result(
        false,
        onChain.isSnapped(),
        new Standing(
            onChain.activation(),
            onChain.expiration(),
            place.map(ChainApi.Place::deadline).orElse(null),
            place.map(ChainApi.Place::partition).orElse(null),
            faults.map(faulty -> faulty.contains(sector.number())).orElse(null),
            asOf()));
  }

  private Findings result(boolean proofDue, boolean snapped, Standing standing) {
    return new Findings(
        sector,
        ChainFindings.SOURCE,
        proof,
        ticket,
        ticketEpoch,
        seed,
        seedEpoch,
        proofDue,
        commD,
        commR,
        pieces,
        snapped,
        snapCommD,
        snapCommR,
        snapPieces,
        standing,
        List.copyOf(remarks),
        null);
  }

  private long asOf() {
    return miner.head().height();
  }

  // The pre-commit, which alone has the ticket's epoch.

  private Optional<PreCommit> preCommit(OnChainSector onChain) {
    if (!proof.hasPreCommit()) {
      return inMessages(onChain, onChain.activation(), onChain.activation())
          .or(() -> missing("its proof's message at the activation %d", onChain.activation()));
    }
    // A state is that before its tipset's messages: at the activation the pre-commit is still
    // there.
    return tried(
            "its pre-commit at the activation %d".formatted(onChain.activation()),
            () -> known(api.preCommit(sector, miner.tipset(onChain.activation()))))
        .flatMap(found -> found)
        .filter(found -> fits(onChain, found))
        .or(() -> missing("its pre-commit at the activation %d", onChain.activation()))
        .or(() -> inMessagesBefore(onChain));
  }

  private Optional<PreCommit> inMessagesBefore(OnChainSector onChain) {
    long first = Math.floorDiv(onChain.activation(), DAY);
    for (long day = first; day >= Math.max(0, first - LONGEST_PROOF_DAYS); day--) {
      int before = tries.size();
      Optional<PreCommit> found = inMessages(onChain, day * DAY, day * DAY + DAY - 1);
      if (found.isPresent() || tries.size() > before) {
        return found;
      }
    }
    return missing(
        "its pre-commit in the messages of the %d days before the activation", LONGEST_PROOF_DAYS);
  }

  private Optional<PreCommit> inMessages(OnChainSector onChain, long from, long to) {
    return tried(
            "the miner's messages of heights %d to %d".formatted(from, to),
            () -> miner.messages().between(from, to))
        .flatMap(
            stretch ->
                stretch.preCommits().stream()
                    .filter(each -> each.number() == sector.number())
                    // A message that failed, or a promise that lapsed, has another CommR.
                    .filter(each -> each.sealedCid().equals(onChain.commR()))
                    .findFirst());
  }

  private boolean fits(OnChainSector onChain, PreCommit preCommit) {
    boolean fits = preCommit.sealedCid().equals(onChain.commR());
    if (!fits) {
      tries.add(
          "The pre-commit of sector %s has CommR %s, not its %s, and is left aside."
              .formatted(sector, preCommit.sealedCid(), onChain.commR()));
    }
    return fits;
  }

  private void takeRandomness(PreCommit preCommit) {
    ticketEpoch = preCommit.ticketEpoch();
    ticket =
        settled(
                tried(
                    "the ticket of epoch %d".formatted(preCommit.ticketEpoch()),
                    () -> known(miner.ticket(preCommit.ticketEpoch()))),
                "The ticket of sector %s is not known to the nodes.")
            .orElse(null);
    preCommit.epoch().ifPresent(this::takeSeed);
  }

  private void takeSeed(long preCommitEpoch) {
    seedEpoch =
        settled(
                tried("the network's parameters", () -> miner.seedEpoch(preCommitEpoch)),
                "The seed's epoch of sector %s is not known to the nodes.")
            .orElse(null);
    // Its beacon is of the epoch itself, which must have come.
    if (seedEpoch != null && seedEpoch <= asOf()) {
      seed =
          settled(
                  tried(
                      "the seed of epoch %d".formatted(seedEpoch),
                      () -> known(miner.seed(seedEpoch))),
                  "The seed of sector %s is not known to the nodes.")
              .orElse(null);
    }
  }

  // The data.

  private void takeNothing() {
    commD = Cid.unsealed(ZeroPieces.commitment(proof.size().bytes()));
    pieces = List.of();
  }

  /** Where CommD was not yet part of a pre-commit, data came by deals alone. */
  private static boolean holdsNothing(PreCommit preCommit) {
    return preCommit.commD().isEmpty()
        && preCommit.deals().isEmpty()
        && preCommit.proof().hasPreCommit();
  }

  private void takeSealed(OnChainSector onChain, Optional<PreCommit> preCommit) {
    if (!proof.hasPreCommit() || preCommit.filter(SectorInquiry::holdsNothing).isPresent()) {
      takeNothing();
      return;
    }
    Optional<String> promised = preCommit.flatMap(PreCommit::commD);
    promised.ifPresent(cid -> commD = cid);
    Optional<SectorData> found =
        preCommit
            .filter(known -> !known.deals().isEmpty())
            .flatMap(
                known ->
                    deals(known.deals(), List.of(miner.head(), miner.tipset(onChain.activation()))))
            .map(extents -> new SectorData(promised, extents))
            .or(
                () ->
                    inEvents(ActorEvents.ACTIVATED, onChain.activation())
                        .map(
                            data ->
                                data.commD().isEmpty() && data.pieces().isEmpty() ? zeros() : data))
            .or(() -> inMessage(onChain.activation(), Optional.empty()));
    settled(found, PIECES_UNKNOWN).ifPresent(this::takeData);
  }

  private SectorData zeros() {
    return new SectorData(
        Optional.of(Cid.unsealed(ZeroPieces.commitment(proof.size().bytes()))), List.of());
  }

  private void takeData(SectorData data) {
    if (commD != null && data.commD().isPresent() && !data.commD().get().equals(commD)) {
      remarks.add(
          "The pre-commit of sector %s has CommD %s, its event %s; its pieces are left aside."
              .formatted(sector, commD, data.commD().get()));
      return;
    }
    data.commD().ifPresent(cid -> commD = cid);
    pieces = placed(data).orElse(null);
  }

  private void takeUpdate(OnChainSector onChain) {
    Optional<SectorData> found =
        inEvents(ActorEvents.UPDATED, onChain.powerBase())
            .or(() -> inMessage(onChain.powerBase(), Optional.of(onChain.sealedCid())))
            // An extension moves the power's epoch away from the update's.
            .or(
                () ->
                    inEvents(
                        ActorEvents.UPDATED,
                        () -> miner.events(onChain.activation(), onChain.powerBase())));
    settled(found, "The data of sector %s's update is not known to the nodes.")
        .ifPresent(
            data -> {
              snapCommD = data.commD().orElse(null);
              snapPieces = placed(data).orElse(null);
            });
  }

  private Optional<SectorData> inEvents(String type, long height) {
    return inEvents(type, () -> miner.events(height));
  }

  private Optional<SectorData> inEvents(String type, Supplier<List<ActorEvents.Event>> asked) {
    Optional<List<ActorEvents.Event>> events = tried("its events", asked);
    if (events.isEmpty()) {
      return Optional.empty();
    }
    Optional<SectorData> found =
        events.get().stream()
            .filter(event -> event.type().equals(type) && event.sector() == sector.number())
            .reduce((earlier, later) -> later)
            .map(ActorEvents.Event::data);
    return found.or(() -> missing("an event '%s' of it", type));
  }

  private Optional<SectorData> inMessage(long height, Optional<String> updateCid) {
    return tried(
            "the miner's messages of height %d".formatted(height),
            () -> miner.messages().between(height, height))
        .flatMap(
            stretch ->
                stretch.data().stream()
                    .filter(
                        named ->
                            named.sector() == sector.number()
                                && named.updateCid().equals(updateCid))
                    .findFirst())
        .flatMap(named -> ofMessage(named, height))
        .or(() -> missing("its data in the messages of height %d", height));
  }

  private Optional<SectorData> ofMessage(Messages.Named named, long height) {
    return named.deals().isEmpty()
        ? Optional.of(named.data())
        : deals(named.deals(), List.of(miner.head(), miner.tipset(height)))
            .map(extents -> new SectorData(named.data().commD(), extents));
  }

  /** The pieces of market deals; a deal that has ended is looked for where it still was. */
  private Optional<List<SectorData.Extent>> deals(List<Long> deals, List<Tipset> at) {
    List<SectorData.Extent> extents = new ArrayList<>();
    for (long deal : deals) {
      Optional<SectorData.Extent> found = Optional.empty();
      for (Tipset tipset : at) {
        if (found.isEmpty()) {
          found =
              tried(
                  "deal %d at height %d".formatted(deal, tipset.height()),
                  () -> api.dealPiece(deal, tipset));
        }
      }
      if (found.isEmpty()) {
        return Optional.empty();
      }
      extents.add(found.get());
    }
    return Optional.of(extents);
  }

  private Optional<List<Piece>> placed(SectorData data) {
    return settled(
        tried("its pieces' places", () -> data.placed(proof.size())),
        "The pieces of sector %s cannot be as the nodes have them.");
  }

  // How answers are taken.

  /** A fact that was looked for is there; else what its sources answered is to be known. */
  private <T> Optional<T> settled(Optional<T> fact, String otherwise) {
    if (fact.isEmpty()) {
      remarks.add(otherwise.formatted(sector));
      remarks.addAll(tries);
    }
    tries.clear();
    return fact;
  }

  private <T> T known(LotusNodes.Answer<T> answer) {
    answer.unconfirmed().filter(said -> !remarks.contains(said)).ifPresent(remarks::add);
    return answer.value();
  }

  /** An answer; where there is none but nodes can be reached, a remark says what they said. */
  private <T> Optional<T> tried(String what, Supplier<T> asked) {
    try {
      return Optional.of(asked.get());
    } catch (NodesException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      tries.add("Looked for %s: %s".formatted(what, e.getMessage()));
    } catch (MalformedException e) {
      tries.add("Looked for %s: %s.".formatted(what, e.getMessage()));
    }
    return Optional.empty();
  }

  private <T> Optional<T> missing(String what, Object place) {
    tries.add("Looked for %s: there is none.".formatted(what.formatted(place)));
    return Optional.empty();
  }
}
