package io.reseal.chain;

import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import io.reseal.sector.SectorSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Searches for the data of a sector and of its replica update: in the market's deals, in the
 * miner's events, and in its messages.
 */
final class DataSearch {

  private final ChainApi api;
  private final MinerView miner;
  private final SectorId sector;
  private final Attempts attempts;

  DataSearch(ChainApi api, MinerView miner, SectorId sector, Attempts attempts) {
    this.api = api;
    this.miner = miner;
    this.sector = sector;
    this.attempts = attempts;
  }

  /** The data that a sector will be proven with. */
  Optional<SectorData> promised(PreCommit preCommit) {
    return deals(preCommit.deals(), List.of(miner.head()))
        .map(extents -> new SectorData(preCommit.commD(), extents));
  }

  /** The data that a sector was sealed with. */
  Optional<SectorData> sealed(OnChainSector onChain, Optional<PreCommit> preCommit) {
    return preCommit
        .filter(known -> !known.deals().isEmpty())
        .flatMap(
            known ->
                deals(known.deals(), List.of(miner.head(), miner.tipset(onChain.activation())))
                    .map(extents -> new SectorData(known.commD(), extents)))
        .or(
            () ->
                inEvents(ActorEvents.ACTIVATED, () -> miner.events(onChain.activation()))
                    .map(data -> data.isUnstated() ? SectorData.zeros(onChain.proof()) : data))
        .or(() -> inMessages(onChain.activation(), Optional.empty()));
  }

  /** The data of a sector's replica update. */
  Optional<SectorData> updated(OnChainSector onChain) {
    return inEvents(ActorEvents.UPDATED, () -> miner.events(onChain.powerBase()))
        .or(() -> inMessages(onChain.powerBase(), Optional.of(onChain.sealedCid())))
        // An extension moves the power's epoch to a later one than the update's.
        .or(() -> inHistory(onChain));
  }

  private Optional<SectorData> inHistory(OnChainSector onChain) {
    return attempts
        .of(
            "its events from height %d to %d".formatted(onChain.activation(), onChain.powerBase()),
            () ->
                miner
                    .history()
                    .newest(
                        onChain.activation(),
                        onChain.powerBase(),
                        event -> isOf(event, ActorEvents.UPDATED)))
        .flatMap(found -> found.map(ActorEvents.Event::data).or(() -> absent(ActorEvents.UPDATED)));
  }

  private boolean isOf(ActorEvents.Event event, String type) {
    return event.type().equals(type) && event.sector() == sector.number();
  }

  private Optional<SectorData> absent(String type) {
    return attempts.absent("an event '%s' of it".formatted(type));
  }

  /** The pieces at their offsets, if they fit into the sector. */
  Optional<List<Piece>> placed(SectorData data, SectorSize size) {
    return attempts.conclude(
        attempts.of("its pieces' places", () -> data.placed(size)),
        "The pieces of sector %s cannot be as the nodes have them.");
  }

  private Optional<SectorData> inEvents(String type, Supplier<List<ActorEvents.Event>> question) {
    Optional<List<ActorEvents.Event>> events = attempts.of("its events", question);
    if (events.isEmpty()) {
      return Optional.empty();
    }
    Optional<SectorData> newest =
        events.get().stream()
            .filter(event -> isOf(event, type))
            .reduce((earlier, later) -> later)
            .map(ActorEvents.Event::data);
    return newest.or(() -> absent(type));
  }

  private Optional<SectorData> inMessages(long height, Optional<String> updateCid) {
    return attempts
        .of(
            "the miner's messages of height %d".formatted(height),
            () -> miner.messages().between(height, height))
        .flatMap(
            messages ->
                messages.data().stream()
                    .filter(
                        named ->
                            named.sector() == sector.number()
                                && named.updateCid().equals(updateCid))
                    .findFirst())
        .flatMap(named -> inMessage(named, height))
        .or(() -> attempts.absent("its data in the messages of height %d".formatted(height)));
  }

  private Optional<SectorData> inMessage(Messages.Named named, long height) {
    return named.deals().isEmpty()
        ? Optional.of(named.data())
        : deals(named.deals(), List.of(miner.head(), miner.tipset(height)))
            .map(extents -> new SectorData(named.data().commD(), extents));
  }

  /** The pieces of market deals; a deal that has ended is still in an earlier state. */
  private Optional<List<SectorData.Extent>> deals(List<Long> deals, List<Tipset> at) {
    List<SectorData.Extent> extents = new ArrayList<>();
    for (long deal : deals) {
      Optional<SectorData.Extent> found = deal(deal, at);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      extents.add(found.get());
    }
    return Optional.of(extents);
  }

  private Optional<SectorData.Extent> deal(long deal, List<Tipset> at) {
    return at.stream()
        .flatMap(
            tipset ->
                attempts
                    .of(
                        "deal %d at height %d".formatted(deal, tipset.height()),
                        () -> api.dealPiece(deal, tipset))
                    .stream())
        .findFirst();
  }
}
