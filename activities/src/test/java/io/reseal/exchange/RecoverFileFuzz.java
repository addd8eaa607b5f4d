package io.reseal.exchange;

import io.reseal.fuzz.Fuzzed;
import java.nio.file.Path;
import java.util.Optional;

/** Fuzz target: recovery files of sealer tools. */
public final class RecoverFileFuzz {

  private RecoverFileFuzz() {}

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Path file = Fuzzed.file("recover.json", input);
    Fuzzed.parse(() -> SealerRecoverFile.read(file, Optional.empty()));
  }
}
