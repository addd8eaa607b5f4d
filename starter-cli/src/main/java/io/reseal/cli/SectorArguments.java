package io.reseal.cli;

import io.reseal.sector.SectorId;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads miners and sector numbers from the command line. */
final class SectorArguments {

  private SectorArguments() {}

  /** A miner as people write it: {@code 1001}, {@code f01001}, {@code t01001}. */
  record Miner(long number) {}

  /** A sector number. */
  record SectorNumber(long value) {}

  static void register(CommandLine commandLine) {
    commandLine.registerConverter(
        Miner.class, converter(text -> new Miner(SectorId.parseMiner(text))));
    commandLine.registerConverter(
        SectorNumber.class, converter(text -> new SectorNumber(SectorId.parseNumber(text))));
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
