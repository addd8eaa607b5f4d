package io.reseal.cli.report;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/**
 * Writes well-formed HTML. Every text that is filled into markup is escaped, because most of it
 * comes from people and from failures.
 */
final class Html {

  private final Appendable out;

  Html(Appendable out) {
    this.out = out;
  }

  /** Markup that is filled in as it is. */
  record Markup(String html) {}

  /** Writes a line of markup with what is filled in, as by {@link String#format}. */
  void line(String format, Object... filled) throws IOException {
    out.append(fill(format, filled).html()).append('\n');
  }

  /** Markup with what is filled in, as by {@link String#format}. */
  static Markup fill(String format, Object... filled) {
    return new Markup(
        String.format(Locale.ROOT, format, Arrays.stream(filled).map(Html::safe).toArray()));
  }

  private static Object safe(Object filled) {
    if (filled instanceof Number) {
      return filled;
    }
    return filled instanceof Markup markup ? markup.html() : escape(String.valueOf(filled));
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(point -> append(escaped, point));
    return escaped.toString();
  }

  private static void append(StringBuilder escaped, int point) {
    switch (point) {
      case '<' -> escaped.append("&lt;");
      case '>' -> escaped.append("&gt;");
      case '&' -> escaped.append("&amp;");
      case '"' -> escaped.append("&quot;");
      case '\'' -> escaped.append("&#39;");
      default -> escaped.appendCodePoint(isAllowed(point) ? point : ' ');
    }
  }

  /**
   * A page must not contain control characters or halves of characters; and marks that turn the
   * direction of writing would change how the text around them reads.
   */
  private static boolean isAllowed(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL -> point == '\n' || point == '\t';
      case Character.SURROGATE, Character.UNASSIGNED, Character.FORMAT -> false;
      default -> true;
    };
  }
}
