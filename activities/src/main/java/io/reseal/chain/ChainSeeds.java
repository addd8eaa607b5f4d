package io.reseal.chain;

import io.reseal.sector.SectorId;
import java.util.Optional;

/**
 * Asks nodes for the seed of a sector's proof, which the chain draws some epochs after the sector's
 * pre-commit.
 */
public final class ChainSeeds {

  /**
   * What the chain knows of a seed.
   *
   * @param epoch height that it is drawn at, or null while nodes do not know it
   * @param seed 32 bytes as hex, or null while it is not drawn or its height is not known
   * @param why if there is no seed, what was found instead, for people; otherwise null
   */
  public record Drawn(Long epoch, String seed, String why) {

    private static Drawn nothing(Long epoch, String why) {
      return new Drawn(epoch, null, why);
    }
  }

  private final ChainApi api;

  public ChainSeeds(LotusNodes nodes) {
    this.api = new ChainApi(nodes);
  }

  /**
   * The seed of a sector's proof as far as the chain has come.
   *
   * @param commR CID of the sector's CommR: a pre-commit of another one is not its own
   * @param recorded height of the seed that counts if no node has the pre-commit any more, or null
   * @throws NodesException if no node gives an answer
   * @throws DisagreementException if two nodes differ
   */
  public Drawn ask(SectorId sector, String commR, Long recorded) {
    Tipset head = api.head();
    Optional<PreCommit> preCommit = preCommit(sector, head);
    if (preCommit.filter(found -> !found.sealedCid().equals(commR)).isPresent()) {
      return Drawn.nothing(
          null,
          "the pre-commit on chain has CommR %s, the record %s"
              .formatted(preCommit.get().sealedCid(), commR));
    }
    Long drawn =
        preCommit
            .flatMap(PreCommit::epoch)
            .map(landed -> Math.addExact(landed, api.challengeDelay()))
            .orElse(null);
    Long epoch = drawn == null ? recorded : drawn;
    if (epoch == null) {
      return Drawn.nothing(
          null, "no node has its pre-commit at height %d".formatted(head.height()));
    }
    // A null round has a seed too: once the head has passed it, nodes draw it from the next tipset.
    if (epoch > head.height()) {
      return Drawn.nothing(
          drawn,
          "it is drawn at height %d, and the chain is at %d".formatted(epoch, head.height()));
    }
    return new Drawn(epoch, api.seed(sector.miner(), epoch, head).value(), null);
  }

  /** Until its proof has landed it is in the current state, afterwards in older ones. */
  private Optional<PreCommit> preCommit(SectorId sector, Tipset head) {
    Optional<PreCommit> due = api.preCommit(sector, head).value();
    if (due.isPresent()) {
      return due;
    }
    try {
      return api.sector(sector, head)
          .value()
          .flatMap(proven -> api.preCommit(sector, api.tipset(proven.activation(), head)).value());
    } catch (NodesException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
