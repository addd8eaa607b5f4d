package io.reseal.config;

import io.reseal.sector.NamedValues;
import java.util.Locale;

/** Whose code labels in PC1; the layers are the same. */
public enum Sdr {
  /** Reseal's, the faster one. */
  OWN,
  /** The proofs library's, the reference. */
  STOCK;

  static Sdr parse(String text) {
    return NamedValues.require(values(), text, "code that labels");
  }

  /** As written in configuration files and by the core, {@code own}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
