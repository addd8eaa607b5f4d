package io.reseal.cli.batch;

import java.util.Locale;

/** A batch's figures as text. */
final class BatchText {

  private BatchText() {}

  /** {@code 12.5}. */
  static String rate(double perHour) {
    return String.format(Locale.ROOT, "%.1f", perHour);
  }
}
