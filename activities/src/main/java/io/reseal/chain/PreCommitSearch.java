package io.reseal.chain;

import io.reseal.sector.SectorId;
import java.util.Optional;

/**
 * Searches for the pre-commit of a proven sector, the only place that has its ticket's epoch: first
 * in the state at the sector's activation, then in the miner's messages before it.
 */
final class PreCommitSearch {

  private static final long DAY = 2880;

  /** Longest time from a pre-commit to its proof that a network has allowed. */
  private static final long LONGEST_PROOF_DAYS = 31;

  private final ChainApi api;
  private final MinerView miner;
  private final SectorId sector;
  private final Attempts attempts;

  PreCommitSearch(ChainApi api, MinerView miner, SectorId sector, Attempts attempts) {
    this.api = api;
    this.miner = miner;
    this.sector = sector;
    this.attempts = attempts;
  }

  Optional<PreCommit> of(OnChainSector onChain) {
    if (!onChain.proof().hasPreCommit()) {
      return inMessages(onChain, onChain.activation(), onChain.activation())
          .or(
              () ->
                  attempts.absent(
                      "its proof's message at the activation %d".formatted(onChain.activation())));
    }
    String atActivation = "its pre-commit at the activation %d".formatted(onChain.activation());
    // A state is the one before its tipset's messages, so at the activation the pre-commit is still
    // there.
    return attempts
        .of(
            atActivation,
            () -> attempts.confirmed(api.preCommit(sector, miner.tipset(onChain.activation()))))
        .flatMap(found -> found)
        .filter(found -> isOf(onChain, found))
        .or(() -> attempts.absent(atActivation))
        .or(() -> inMessagesBefore(onChain));
  }

  private boolean isOf(OnChainSector onChain, PreCommit preCommit) {
    boolean same = preCommit.sealedCid().equals(onChain.commR());
    if (!same) {
      attempts.fail(
          "The pre-commit of sector %s has CommR %s instead of %s and was ignored."
              .formatted(sector, preCommit.sealedCid(), onChain.commR()));
    }
    return same;
  }

  private Optional<PreCommit> inMessagesBefore(OnChainSector onChain) {
    long first = Math.floorDiv(onChain.activation(), DAY);
    for (long day = first; day >= Math.max(0, first - LONGEST_PROOF_DAYS); day--) {
      int before = attempts.failures();
      Optional<PreCommit> found = inMessages(onChain, day * DAY, day * DAY + DAY - 1);
      if (found.isPresent() || attempts.failures() > before) {
        return found;
      }
    }
    return attempts.absent(
        "its pre-commit in the messages of the %d days before the activation"
            .formatted(LONGEST_PROOF_DAYS));
  }

  private Optional<PreCommit> inMessages(OnChainSector onChain, long from, long to) {
    return attempts
        .of(
            "the miner's messages of heights %d to %d".formatted(from, to),
            () -> miner.messages().between(from, to))
        .flatMap(
            messages ->
                messages.preCommits().stream()
                    .filter(each -> each.number() == sector.number())
                    // A failed message or an expired pre-commit has another CommR.
                    .filter(each -> each.sealedCid().equals(onChain.commR()))
                    .findFirst());
  }
}
