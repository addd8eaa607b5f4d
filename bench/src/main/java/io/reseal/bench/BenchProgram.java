package io.reseal.bench;

import io.reseal.cli.Reseal;
import java.util.Map;

/** The {@code reseal} program of a checkout: the shipped one with the real {@code bench} in it. */
public final class BenchProgram {

  private BenchProgram() {}

  public static void main(String[] arguments) {
    System.exit(Reseal.run(Reseal.ofProcess(), Map.of("bench", BenchCommand::new), arguments));
  }
}
