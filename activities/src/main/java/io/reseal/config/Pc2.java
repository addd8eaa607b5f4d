package io.reseal.config;

import io.reseal.sector.NamedValues;
import java.util.Locale;

/**
 * Whose code builds trees C and R in PC2 and in updates of snapped sectors; the trees are the same.
 */
public enum Pc2 {
  /** The proofs library's on a GPU if the core is built for one, otherwise Reseal's. */
  AUTO,
  /** Reseal's, on the CPU. */
  CPU,
  /** The proofs library's on a GPU. */
  GPU,
  /** The proofs library's, the reference. */
  STOCK;

  static Pc2 parse(String text) {
    return NamedValues.require(values(), text, "code that builds trees");
  }

  /** As written in configuration files and by the core, {@code auto}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
