package io.reseal.cli.arguments;

import io.reseal.config.Durations;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads miners, sector numbers, states and times from the command line. */
public final class SectorArguments {

  /** Describes the miner of a command. */
  public static final String MINER = "The miner: 1001, f01001 or t01001.";

  /** Describes the sector number of a command. */
  public static final String NUMBER = "The sector number.";

  private SectorArguments() {}

  /** A miner as people write it: {@code 1001}, {@code f01001}, {@code t01001}. */
  public record Miner(long number) {}

  /** A sector number. */
  public record SectorNumber(long value) {}

  public static void register(CommandLine commandLine) {
    commandLine.registerConverter(
        Miner.class, converter(text -> new Miner(SectorId.parseMiner(text))));
    commandLine.registerConverter(
        SectorNumber.class, converter(text -> new SectorNumber(SectorId.parseNumber(text))));
    commandLine.registerConverter(RebuildState.class, converter(RebuildState::parse));
    commandLine.registerConverter(Duration.class, converter(Durations::parse));
  }

  private static <T> ITypeConverter<T> converter(ITypeConverter<T> parser) {
    return text -> {
      try {
        return parser.convert(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }
}
