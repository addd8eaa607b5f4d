package io.reseal.cli;

import io.reseal.sector.SectorId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The sectors that a command is for: a miner, then numbers and ranges of numbers. */
final class SectorsMixin {

  private static final long MOST = 1_000_000;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MINER", description = "1001, f01001 or t01001.")
  private SectorArguments.Miner miner;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "NUMBER",
      description = "Sector numbers, and ranges as 100-120.")
  // As text: picocli would call the first one that is no number an unmatched argument.
  private List<String> numbers;

  /** Each once, in the order given. */
  Set<SectorId> sectors() {
    Set<SectorId> sectors = new LinkedHashSet<>();
    for (String text : numbers) {
      String[] ends = text.split("-", 2);
      long first = number(ends[0]);
      long last = number(ends[ends.length - 1]);
      if (last < first) {
        refuse("The range %s is backwards: give the smaller number first.".formatted(text));
      }
      if (last - first >= MOST - sectors.size()) {
        refuse("More than %d sectors in one command: give fewer.".formatted(MOST));
      }
      LongStream.rangeClosed(first, last)
          .forEach(number -> sectors.add(new SectorId(miner.number(), number)));
    }
    return sectors;
  }

  private long number(String text) {
    try {
      return SectorId.parseNumber(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private void refuse(String sentence) {
    throw new ParameterException(spec.commandLine(), sentence);
  }
}
