package io.reseal.record;

import java.util.Optional;

/** Tickets as the chain's nodes draw them. */
public interface Tickets {

  /** No node can be asked. */
  Tickets NONE =
      new Tickets() {
        @Override
        public boolean canBeAsked() {
          return false;
        }

        @Override
        public Optional<String> drawn(long tipset, long epoch) {
          return Optional.empty();
        }
      };

  /** Whether there is a node to ask. */
  boolean canBeAsked();

  /**
   * The miner's ticket of an epoch, if it is drawn from the tipset of that height; 32 bytes as hex,
   * or empty if nodes do not know it.
   *
   * @param tipset usually the epoch itself
   */
  Optional<String> drawn(long tipset, long epoch);
}
