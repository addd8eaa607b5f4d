package io.reseal.config;

import io.reseal.fuzz.Fuzzed;
import java.nio.file.Path;

/** Fuzz target: a worker's file. */
public final class WorkerFileFuzz {

  private WorkerFileFuzz() {}

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Path file = Fuzzed.file("worker.toml", input);
    Fuzzed.parse(() -> WorkerConfig.load(file));
  }
}
