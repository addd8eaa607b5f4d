package io.reseal.cli.show;

import java.util.List;
import java.util.Locale;

/** Text in damocles' form: sections, tab-indented values, {@code NULL} for a missing value. */
public final class Listing {

  private final StringBuilder text = new StringBuilder();

  /** The texts, one on each line. */
  public static String ofLines(List<String> lines) {
    Listing listing = new Listing();
    lines.forEach(line -> listing.line(0, line));
    return listing.toString();
  }

  /** Adds a line, indented by so many tabs. */
  public void line(int depth, String line) {
    text.append("\t".repeat(depth)).append(line).append(System.lineSeparator());
  }

  /** Likewise, with a format and its arguments. */
  public void line(int depth, String format, Object... arguments) {
    line(depth, String.format(Locale.ROOT, format, arguments));
  }

  /** Adds {@code Name: value}, indented by one tab. */
  public void value(String name, Object value) {
    text.append('\t')
        .append(name)
        .append(": ")
        .append(value == null ? "NULL" : String.valueOf(value).replace("\n", "\n\t\t"))
        .append(System.lineSeparator());
  }

  /** Likewise, unless the value is null. */
  public void valueIfAny(String name, Object value) {
    if (value != null) {
      value(name, value);
    }
  }

  /** Adds a block of lines, indented by one tab. */
  public void block(String lines) {
    lines.lines().forEach(line -> line(1, line));
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
