package io.reseal.doctor;

import io.reseal.labelling.MachineMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What this machine offers to stage processes.
 *
 * @param memoryBytes memory they can use, within the control group's limit; empty if unknown
 * @param hugePageBytes memory in huge pages that are set aside and free
 * @param openFiles files that a process may have open; empty if unknown
 */
record HostResources(OptionalLong memoryBytes, long hugePageBytes, OptionalLong openFiles) {

  /** What the kernel reports. */
  static HostResources ofKernel() {
    return read(Path.of("/"));
  }

  /**
   * @param root where {@code proc} and {@code sys} are
   */
  static HostResources read(Path root) {
    return new HostResources(
        MachineMemory.bytes(root),
        MachineMemory.freeHugePages(root),
        word(root.resolve("proc/self/limits"), "Max open files", 3));
  }

  private static OptionalLong word(Path file, String line, int index) {
    return lines(file)
        .filter(text -> text.startsWith(line))
        .map(text -> text.split("\\s+"))
        .filter(words -> words.length > index && words[index].matches("\\d{1,18}"))
        .mapToLong(words -> Long.parseLong(words[index]))
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
