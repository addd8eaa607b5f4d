package io.reseal.chain;

import io.reseal.sector.SectorId;
import java.util.Optional;

/**
 * Asks nodes for the seed of a sector's proof, which the chain draws some epochs after the sector's
 * pre-commit.
 */
public final class ChainSeeds {

  /**
   * What the chain says of a seed.
   *
   * @param epoch height that it is drawn at, or null while nodes cannot tell
   * @param seed 32 bytes as hex, or null while it is not drawn or its height is not known
   * @param why for people, where there is no seed: what was found instead; else null
   */
  public record Told(Long epoch, String seed, String why) {

    private static Told nothing(Long epoch, String why) {
      return new Told(epoch, null, why);
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
   * @param recorded height of the seed that counts where no node has the pre-commit any more, or
   *     null
   * @throws NodesException if no node gives an answer
   * @throws DisagreementException if two nodes differ
   */
  public Told ask(SectorId sector, String commR, Long recorded) {
    Tipset head = api.head();
    Optional<PreCommit> preCommit = preCommit(sector, head);
    if (preCommit.filter(found -> !found.sealedCid().equals(commR)).isPresent()) {
      return Told.nothing(
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
      return Told.nothing(null, "no node has its pre-commit at height %d".formatted(head.height()));
    }
    // A null round has a seed too: once the head has passed it, nodes draw it from the next tipset.
    if (epoch > head.height()) {
      return Told.nothing(
          drawn,
          "it is drawn at height %d, and the chain is at %d".formatted(epoch, head.height()));
    }
    return new Told(epoch, api.seed(sector.miner(), epoch, head).value(), null);
  }

  /** As long as its proof has not landed it is in the state of now, afterwards in older ones. */
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
