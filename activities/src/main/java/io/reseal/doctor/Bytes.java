package io.reseal.doctor;

import java.util.Locale;

/** Amounts of bytes as people read them. */
final class Bytes {

  private Bytes() {}

  /** {@code 484.3 GiB}. */
  static String of(long bytes) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double amount = bytes;
    int unit = 0;
    while (amount >= 1024 && unit < units.length - 1) {
      amount /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " bytes"
        : String.format(Locale.ROOT, "%.1f %s", amount, units[unit]);
  }
}
