package io.reseal.config;

import io.reseal.sector.NamedValues;
import java.util.Locale;

/** What a sealing thread is for; Reseal gives work only to those that rebuild. */
public enum ThreadPlan {
  /** Seals new sectors. */
  SEALER,
  /** Puts data into empty sectors. */
  SNAPUP,
  /** Brings lost sectors back. */
  REBUILD,
  /** Reads data out of sectors. */
  UNSEAL,
  /** Computes WindowPoSt. */
  WDPOST;

  static ThreadPlan parse(String text) {
    return NamedValues.require(values(), text, "a plan");
  }

  /** As written in configuration files, {@code rebuild}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
