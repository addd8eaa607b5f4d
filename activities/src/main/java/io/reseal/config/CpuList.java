package io.reseal.config;

import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists of CPUs as the kernel writes them: {@code 0-3,8}. */
public final class CpuList {

  private static final int MOST_CPUS = 8192;
  private static final Pattern RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

  private CpuList() {}

  /** The CPUs of a list, at least one. */
  public static NavigableSet<Integer> parse(String text) {
    NavigableSet<Integer> cpus = new TreeSet<>();
    for (String part : text.replace(" ", "").split(",", -1)) {
      Matcher range = RANGE.matcher(part);
      if (!range.matches()) {
        throw refusal(text);
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (first > last || last >= MOST_CPUS) {
        throw refusal(text);
      }
      for (int cpu = first; cpu <= last; cpu++) {
        cpus.add(cpu);
      }
    }
    return cpus;
  }

  private static IllegalArgumentException refusal(String text) {
    return new IllegalArgumentException(
        "'%s' is not a list of CPUs; write it as \"0-3,8\", numbers from 0 to %d."
            .formatted(text, MOST_CPUS - 1));
  }
}
