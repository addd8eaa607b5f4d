package io.reseal.chain;

import io.reseal.record.Tickets;
import java.util.Optional;

/** A miner's tickets as nodes draw them now. */
public final class ChainTickets implements Tickets {

  private final ChainApi api;
  private final long miner;
  private final Once<Long, Optional<String>> digests = new Once<>();
  private final Once<String, Optional<Tipset>> head = new Once<>();

  public ChainTickets(LotusNodes nodes, long miner) {
    this.api = new ChainApi(nodes);
    this.miner = miner;
  }

  @Override
  public boolean canBeAsked() {
    return head.get("head", asked -> askHead()).isPresent();
  }

  private Optional<Tipset> askHead() {
    try {
      return Optional.of(api.head());
    } catch (NodesException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<String> drawn(long tipset, long epoch) {
    return digests.get(tipset, this::digest).map(digest -> ChainApi.ticketOf(digest, miner, epoch));
  }

  /** What all tickets are made from that are drawn from the tipset of a height. */
  private Optional<String> digest(long tipset) {
    if (!canBeAsked()) {
      return Optional.empty();
    }
    Tipset now = head.get("head", asked -> askHead()).orElseThrow();
    try {
      return tipset > now.height()
          ? Optional.empty()
          : Optional.of(api.ticketDigest(tipset, now).value());
    } catch (NodesException | DisagreementException e) {
      return Optional.empty();
    }
  }
}
