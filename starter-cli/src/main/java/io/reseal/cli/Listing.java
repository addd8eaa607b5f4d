package io.reseal.cli;

import java.util.Locale;

/**
 * Text in the older system's form: sections, tab-indented values, {@code NULL} for what is not
 * there.
 */
final class Listing {

  private final StringBuilder text = new StringBuilder();

  /** A line under so many tabs. */
  void line(int depth, String format, Object... arguments) {
    text.append("\t".repeat(depth))
        .append(String.format(Locale.ROOT, format, arguments))
        .append(System.lineSeparator());
  }

  /** {@code Name: value} under one tab. */
  void value(String name, Object value) {
    line(1, "%s: %s", name, value == null ? "NULL" : String.valueOf(value).replace("\n", "\n\t\t"));
  }

  /** A block of lines under one tab. */
  void block(String lines) {
    lines.lines().forEach(line -> line(1, "%s", line));
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
