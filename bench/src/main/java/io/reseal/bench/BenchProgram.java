package io.reseal.bench;

import io.reseal.cli.Reseal;
import io.reseal.fleet.FleetCommand;
import io.reseal.outage.HostHeader;
import java.util.Map;

/** The {@code reseal} program of a checkout: the shipped one with the real {@code bench} in it. */
public final class BenchProgram {

  private BenchProgram() {}

  public static void main(String[] arguments) {
    HostHeader.allow();
    System.exit(
        Reseal.run(
            Reseal.ofProcess(),
            Map.of("bench", BenchCommand::new, "bench-fleet", FleetCommand::new),
            arguments));
  }
}
