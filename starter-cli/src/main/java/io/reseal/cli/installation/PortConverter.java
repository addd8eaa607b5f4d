package io.reseal.cli.installation;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a port number. */
final class PortConverter implements ITypeConverter<Integer> {

  @Override
  public Integer convert(String text) {
    if (text.matches("[1-9]\\d{0,4}") && Integer.parseInt(text) <= 65535) {
      return Integer.valueOf(text);
    }
    throw new TypeConversionException(
        "'%s' is not a port: give a number from 1 to 65535.".formatted(text));
  }
}
