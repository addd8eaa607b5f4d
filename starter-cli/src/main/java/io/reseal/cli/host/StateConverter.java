package io.reseal.cli.host;

import io.reseal.sector.RebuildState;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a rebuild's state from the command line, in capitals or not. */
final class StateConverter implements ITypeConverter<RebuildState> {

  @Override
  public RebuildState convert(String text) {
    return Arrays.stream(RebuildState.values())
        .filter(state -> state.toString().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is no state: there are %s."
                        .formatted(
                            text,
                            Arrays.stream(RebuildState.values())
                                .map(RebuildState::toString)
                                .collect(Collectors.joining(", ")))));
  }
}
