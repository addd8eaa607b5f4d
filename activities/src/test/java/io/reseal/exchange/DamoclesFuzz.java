package io.reseal.exchange;

import io.reseal.fuzz.Fuzzed;
import java.nio.file.Path;

/** Fuzz target: sector states of damocles. */
public final class DamoclesFuzz {

  private DamoclesFuzz() {}

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Path file = Fuzzed.file("state.json", input);
    Fuzzed.parse(() -> DamoclesReader.read(file));
  }
}
