package io.reseal.exchange;

import io.reseal.fuzz.Fuzzed;

/** Fuzz target: what lotus-miner prints about sectors. */
public final class LotusTextFuzz {

  private LotusTextFuzz() {}

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Fuzzed.parse(() -> LotusStatusText.read(1001, input, "the text"));
  }
}
