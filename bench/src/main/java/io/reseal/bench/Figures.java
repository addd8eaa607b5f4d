package io.reseal.bench;

import java.util.List;

/**
 * The results of several runs of one measurement.
 *
 * @param runs how many
 * @param median the middle one, or the mean of the middle two
 * @param least the least
 * @param most the most
 */
record Figures(int runs, double median, double least, double most) {

  static Figures of(List<? extends Number> values) {
    double[] sorted = values.stream().mapToDouble(Number::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("Nothing was measured.");
    }
    double lower = sorted[(sorted.length - 1) / 2];
    double upper = sorted[sorted.length / 2];
    return new Figures(sorted.length, (lower + upper) / 2, sorted[0], sorted[sorted.length - 1]);
  }
}
