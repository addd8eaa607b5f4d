package io.reseal.labelling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory available to stage processes, as reported by the kernel. */
public final class MachineMemory {

  private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s+(\\d{1,15}) kB");
  private static final Pattern LIMIT = Pattern.compile("(\\d{1,18})");
  private static final long KIB = 1024;

  private MachineMemory() {}

  /**
   * The machine's memory, or the control group's limit if that is lower; empty if both are unknown.
   *
   * @param root where {@code proc} and {@code sys} are
   */
  public static OptionalLong bytes(Path root) {
    OptionalLong total = number(root.resolve("proc/meminfo"), TOTAL);
    OptionalLong limit = number(root.resolve("sys/fs/cgroup/memory.max"), LIMIT);
    if (total.isEmpty()) {
      return OptionalLong.empty();
    }
    long bytes = total.getAsLong() * KIB;
    return OptionalLong.of(limit.isPresent() ? Math.min(limit.getAsLong(), bytes) : bytes);
  }

  /** Bytes of reserved huge pages that are free; 0 if there are none. */
  public static long freeHugePages(Path root) {
    OptionalLong pages =
        number(root.resolve("proc/meminfo"), Pattern.compile("HugePages_Free:\\s+(\\d{1,12})"));
    OptionalLong size =
        number(root.resolve("proc/meminfo"), Pattern.compile("Hugepagesize:\\s+(\\d{1,12}) kB"));
    return pages.orElse(0) * size.orElse(0) * KIB;
  }

  private static OptionalLong number(Path file, Pattern line) {
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .map(line::matcher)
          .filter(Matcher::matches)
          .mapToLong(found -> Long.parseLong(found.group(1)))
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return OptionalLong.empty();
    }
  }
}
