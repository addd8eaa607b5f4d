package io.reseal.cli.host;

import io.reseal.sector.NamedValues;
import io.reseal.sector.RebuildState;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a rebuild's state from the command line, ignoring capitals. */
final class StateConverter implements ITypeConverter<RebuildState> {

  @Override
  public RebuildState convert(String text) {
    try {
      return NamedValues.requireInAnyCase(RebuildState.values(), text, "a state");
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
