package io.reseal.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Counts the processes that the kernel killed for lack of memory: in this process's control group
 * if it has one, otherwise on the whole machine.
 */
final class OomKills {

  private static final String KEY = "oom_kill ";

  private final Path root;

  OomKills() {
    this(Path.of("/"));
  }

  /**
   * @param root where {@code proc} and {@code sys} are
   */
  OomKills(Path root) {
    this.root = root;
  }

  /** The count so far; 0 if the kernel does not report it. */
  long count() {
    OptionalLong ofGroup =
        lines(root.resolve("proc/self/cgroup"))
            .filter(line -> line.startsWith("0::/"))
            .map(line -> root.resolve("sys/fs/cgroup/" + line.substring("0::/".length())))
            .mapToLong(group -> counted(group.resolve("memory.events")).orElse(-1))
            .filter(count -> count >= 0)
            .findFirst();
    return ofGroup.isPresent()
        ? ofGroup.getAsLong()
        : counted(root.resolve("proc/vmstat")).orElse(0);
  }

  private static OptionalLong counted(Path file) {
    return lines(file)
        .filter(line -> line.startsWith(KEY))
        .mapToLong(line -> Long.parseLong(line.substring(KEY.length()).strip()))
        .findFirst();
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException | UncheckedIOException e) {
      return Stream.empty();
    }
  }
}
