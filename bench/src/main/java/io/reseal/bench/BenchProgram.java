package io.reseal.bench;

import io.reseal.cli.Reseal;
import io.reseal.cli.shell.Surroundings;
import io.reseal.fleet.FleetCommand;
import io.reseal.outage.HostHeader;
import java.util.Map;

/** The {@code reseal} program of a checkout: the shipped one with the real {@code bench} in it. */
public final class BenchProgram {

  private BenchProgram() {}

  public static void main(String[] arguments) {
    HostHeader.allow();
    System.exit(run(Reseal.ofProcess(), arguments));
  }

  /** Runs one command and returns its exit status. */
  public static int run(Surroundings surroundings, String... arguments) {
    return Reseal.run(
        surroundings,
        Map.of("bench", BenchCommand::new, "bench-fleet", FleetCommand::new),
        arguments);
  }
}
