package io.reseal.rebuild;

import io.reseal.contract.SectorFacts;
import io.reseal.sector.RebuildState;
import java.util.Objects;
import java.util.Optional;

/** Decides which finished work has to be repeated because newly read facts differ. */
final class FactsChange {

  private final SectorFacts before;
  private final SectorFacts now;

  /**
   * @param read the facts as just read; a seed that was known stays known
   */
  FactsChange(SectorFacts before, SectorFacts read) {
    this.before = before;
    this.now = read.seed() == null ? read.withSeed(before.seed()) : read;
  }

  SectorFacts facts() {
    return now;
  }

  /**
   * Why the whole rebuild must start again; empty if it need not.
   *
   * @param keyKept whether the rebuild uses a store's copy of the key
   * @param repairs whether it makes only what stores lack
   */
  Optional<String> spoilsAll(boolean keyKept, boolean repairs) {
    if (!before.replicaId().equals(now.replicaId())) {
      return Optional.of("The sector's inputs have changed.");
    }
    if (repairs
        && !(before.commR().equals(now.commR()) && Objects.equals(before.snap(), now.snap()))) {
      return Optional.of("What the stores should have of the sector has changed.");
    }
    return keyKept && !before.commR().equals(now.commR())
        ? Optional.of("The recorded CommR of the key has changed.")
        : Optional.empty();
  }

  /** Sets the rebuild back to the first step that used the changed facts. */
  void setBack(PlanPosition position, Journal journal) {
    boolean stored = journal.state() == RebuildState.PERSISTED;
    if (!Objects.equals(before.snap(), now.snap())
        && journal.state().compareTo(RebuildState.SEALED_CHECKED) > 0) {
      // Even if the sector is already stored: the stored update is not the one now recorded.
      position.goTo(RebuildState.SEALED_CHECKED);
      journal.setBack(
          RebuildState.SEALED_CHECKED, "the record of what the sector was updated to has changed");
    }
    if (!before.commR().equals(now.commR()) && position.isPast(RebuildState.PC2_DONE) && !stored) {
      position.goTo(RebuildState.PC2_DONE);
      journal.setBack(
          RebuildState.PC2_DONE, "the recorded CommR has changed and is compared again");
    } else if (!Objects.equals(before.seed(), now.seed())
        && journal.state() == RebuildState.SEALED_CHECKED) {
      position.goTo(RebuildState.SEALED_CHECKED);
    }
  }
}
