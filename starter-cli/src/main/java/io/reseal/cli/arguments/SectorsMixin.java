package io.reseal.cli.arguments;

import io.reseal.sector.SectorId;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The sectors that a command is for: a miner, then numbers and ranges of numbers. */
public final class SectorsMixin {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MINER", description = SectorArguments.MINER)
  private SectorArguments.Miner miner;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "NUMBER",
      description = "Sector numbers and ranges, e.g. 123 or 100-120.")
  // As text: picocli would report the first one that is not a number as an unmatched argument.
  private List<String> numbers;

  /** The sectors, each once, in the order given. */
  public List<SectorId> sectors() {
    return SectorList.named(spec, miner.number(), numbers);
  }
}
