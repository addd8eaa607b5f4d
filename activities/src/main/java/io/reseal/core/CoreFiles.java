package io.reseal.core;

import io.reseal.config.Flavour;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The files of one flavour of the native core.
 *
 * @param flavour the flavour
 * @param library the shared library for short calls
 * @param stageProgram the program that runs the long stages
 */
public record CoreFiles(Flavour flavour, Path library, Path stageProgram) {

  /** Environment variable that names the directory of the flavours. */
  public static final String ENVIRONMENT = "RESEAL_NATIVE";

  /** The flavour's files in the directory of the flavours, whether or not they exist. */
  public static CoreFiles of(Path dir, Flavour flavour) {
    Path own = dir.resolve(flavour.toString());
    return new CoreFiles(flavour, own.resolve("libreseal_core.so"), own.resolve("reseal-stage"));
  }

  /**
   * The directory of the flavours: the configured one, or else the one named by the environment.
   *
   * @param configured {@code [native] dir} of the host's file
   */
  public static Path directory(Optional<Path> configured, Map<String, String> env) {
    return configured
        .or(() -> Optional.ofNullable(env.get(ENVIRONMENT)).map(Path::of))
        .orElseThrow(
            () ->
                new CoreNotFoundException(
                    "It is not configured where the native core is: set %s, or [native] dir in the host's file."
                        .formatted(ENVIRONMENT)));
  }

  /** The flavour that runs on any machine. */
  public static CoreFiles anywhere(Map<String, String> env) {
    Path dir = directory(Optional.empty(), env);
    CoreFiles files = of(dir, Flavour.CPU);
    if (!files.areThere()) {
      throw noneIn(dir);
    }
    return files;
  }

  static CoreNotFoundException noneIn(Path dir) {
    return new CoreNotFoundException(
        "There is no native core in %s: searched for libreseal_core.so and reseal-stage in its folders %s. `make native` builds it."
            .formatted(dir, Arrays.toString(Flavour.values())));
  }

  boolean areThere() {
    return Files.isRegularFile(library) && Files.isExecutable(stageProgram);
  }
}
