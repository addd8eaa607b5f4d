package io.reseal.cli.show;

import java.util.List;
import java.util.Locale;

/**
 * Text in the older system's form: sections, tab-indented values, {@code NULL} for what is not
 * there.
 */
public final class Listing {

  private final StringBuilder text = new StringBuilder();

  /** Each on a line of its own. */
  public static String ofLines(List<String> lines) {
    Listing listing = new Listing();
    lines.forEach(line -> listing.line(0, line));
    return listing.toString();
  }

  /** A line under so many tabs. */
  public void line(int depth, String line) {
    text.append("\t".repeat(depth)).append(line).append(System.lineSeparator());
  }

  /** The same, of a format and its arguments. */
  public void line(int depth, String format, Object... arguments) {
    line(depth, String.format(Locale.ROOT, format, arguments));
  }

  /** {@code Name: value} under one tab. */
  public void value(String name, Object value) {
    text.append('\t')
        .append(name)
        .append(": ")
        .append(value == null ? "NULL" : String.valueOf(value).replace("\n", "\n\t\t"))
        .append(System.lineSeparator());
  }

  /** The same, unless there is none. */
  public void valueIfAny(String name, Object value) {
    if (value != null) {
      value(name, value);
    }
  }

  /** A block of lines under one tab. */
  public void block(String lines) {
    lines.lines().forEach(line -> line(1, line));
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
