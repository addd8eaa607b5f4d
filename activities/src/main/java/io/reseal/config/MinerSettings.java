package io.reseal.config;

import io.reseal.sector.NamedValues;

/**
 * {@code [miner."f01001"]}: the software that proves a miner's sectors.
 *
 * @param kind which software
 * @param address its API, with the token
 */
public record MinerSettings(Kind kind, NodeAddress address) {

  /** Software that proves sectors, by its name in the file. */
  public enum Kind {
    LOTUS_MINER("lotus-miner"),
    CURIO("curio"),
    DAMOCLES("damocles");

    private final String name;

    Kind(String name) {
      this.name = name;
    }

    /** The command that makes a directory one of its stores. */
    public String attach(String directory) {
      return switch (this) {
        case LOTUS_MINER -> "lotus-miner storage attach " + directory;
        case CURIO -> "curio cli storage attach " + directory;
        case DAMOCLES -> "damocles-manager util storage attach --name INSTANCE " + directory;
      };
    }

    /**
     * The command that makes a token with the permission that is needed, or null if it has none.
     */
    public String makeToken() {
      return switch (this) {
        case LOTUS_MINER -> "lotus-miner auth create-token --perm admin";
        case CURIO -> "curio cli auth create-token --perm admin";
        case DAMOCLES -> null;
      };
    }

    static Kind parse(String name) {
      return NamedValues.require(values(), name, "the software of a miner");
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
