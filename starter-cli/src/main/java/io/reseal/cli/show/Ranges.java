package io.reseal.cli.show;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/** Numbers as people write them: {@code 3}, {@code 7-12}. */
public final class Ranges {

  private Ranges() {}

  /** The numbers in order, those that follow each other as one range. */
  public static List<String> of(SortedSet<Long> numbers) {
    List<String> ranges = new ArrayList<>();
    Long first = null;
    Long last = null;
    for (Long number : numbers) {
      if (first == null) {
        first = number;
      } else if (number != last + 1) {
        ranges.add(range(first, last));
        first = number;
      }
      last = number;
    }
    if (first != null) {
      ranges.add(range(first, last));
    }
    return ranges;
  }

  private static String range(Long first, Long last) {
    return first.equals(last) ? first.toString() : first + "-" + last;
  }
}
