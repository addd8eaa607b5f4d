package io.reseal.sector;

import java.util.Locale;
import java.util.regex.Pattern;

/** The check shared by all values of 32 bytes written in hex. */
final class Hex32 {

  private static final Pattern HEX = Pattern.compile("[0-9a-f]*");

  private Hex32() {}

  static String check(String what, String text) {
    String hex = text.strip().toLowerCase(Locale.ROOT);
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("'%s' is not hex, as %s must be.".formatted(text, what));
    }
    if (hex.length() != 64) {
      throw new IllegalArgumentException(
          "%s has 32 bytes (64 hex digits), not %s bytes."
              .formatted(
                  Character.toUpperCase(what.charAt(0)) + what.substring(1),
                  hex.length() % 2 == 0 ? Integer.toString(hex.length() / 2) : hex.length() / 2.0));
    }
    return hex;
  }
}
