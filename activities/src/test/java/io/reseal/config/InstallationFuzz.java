package io.reseal.config;

import io.reseal.fuzz.Fuzzed;
import java.nio.file.Path;
import java.util.Map;

/** Fuzz target: an installation's file. */
public final class InstallationFuzz {

  private InstallationFuzz() {}

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Path file = Fuzzed.file(Installation.FILE, input);
    Fuzzed.parse(() -> Installation.load(file.getParent(), Map.of()));
  }
}
