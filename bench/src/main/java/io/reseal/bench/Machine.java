package io.reseal.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The machine that was measured.
 *
 * @param cpu the processor's name
 * @param cores processors that this process may use
 * @param memory the total, as text
 * @param kernel the system and its version
 */
public record Machine(String cpu, int cores, String memory, String kernel) {

  /** The machine that this process runs on. */
  static Machine here() throws IOException {
    return new Machine(
        value(Path.of("/proc/cpuinfo"), "model name").orElse(System.getProperty("os.arch")),
        Runtime.getRuntime().availableProcessors(),
        value(Path.of("/proc/meminfo"), "MemTotal").map(Machine::gibibytes).orElse("unknown"),
        System.getProperty("os.name") + " " + System.getProperty("os.version"));
  }

  private static Optional<String> value(Path file, String key) throws IOException {
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }

  private static String gibibytes(String kibibytes) {
    return "%.1f GiB".formatted(Long.parseLong(kibibytes.replace(" kB", "")) / (double) (1 << 20));
  }

  @Override
  public String toString() {
    return "%s, %d cores, %s of memory, %s".formatted(cpu, cores, memory, kernel);
  }
}
