package io.reseal.cli.arguments;

import io.reseal.sector.SectorId;
import picocli.CommandLine.Parameters;

/** The one sector that a command is for: a miner and a sector number. */
public final class SectorMixin {

  @Parameters(index = "0", paramLabel = "MINER", description = SectorArguments.MINER)
  private SectorArguments.Miner miner;

  @Parameters(index = "1", paramLabel = "NUMBER", description = SectorArguments.NUMBER)
  private SectorArguments.SectorNumber number;

  public SectorId id() {
    return new SectorId(miner.number(), number.value());
  }
}
