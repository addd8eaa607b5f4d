package io.reseal.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as configuration files and messages write them: {@code 200GiB}. */
public final class ByteSizes {

  private static final Pattern FORM = Pattern.compile("\\s*([0-9]{1,9})\\s*([a-z]+)\\s*");

  private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB", "TiB");

  private static final Map<String, Integer> SHIFTS =
      Map.of("b", 0, "kib", 10, "mib", 20, "gib", 30, "tib", 40);

  private ByteSizes() {}

  /** For people: {@code 484.3 GiB}. */
  public static String text(long bytes) {
    double amount = bytes;
    int unit = 0;
    while (amount >= 1024 && unit < UNITS.size() - 1) {
      amount /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " bytes"
        : String.format(Locale.ROOT, "%.1f %s", amount, UNITS.get(unit));
  }

  /** A number greater than zero. */
  static long parse(String text) {
    Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
    Integer shift = form.matches() ? SHIFTS.get(form.group(2)) : null;
    long count = shift == null ? 0 : Long.parseLong(form.group(1));
    if (count == 0 || count > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException(
          "'%s' is not a number of bytes: write it as 512KiB, 100MiB or 200GiB.".formatted(text));
    }
    return count << shift;
  }
}
