package io.reseal.core;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where one flavour of the native core lies.
 *
 * @param library the shared library for short calls
 * @param stageProgram the program that runs the long stages
 */
public record CoreFiles(Path library, Path stageProgram) {

  /** Environment variable that names the directory of the flavours. */
  public static final String ENVIRONMENT = "RESEAL_NATIVE";

  /** Flavours, the best one first. */
  private static final List<String> FLAVOURS = List.of("cpu");

  /**
   * Finds the core: in the configured directory, else in the one the environment names.
   *
   * @param configured {@code [native] dir} of the host's file
   */
  public static CoreFiles find(Optional<Path> configured, Map<String, String> env) {
    Path dir =
        configured
            .or(() -> Optional.ofNullable(env.get(ENVIRONMENT)).map(Path::of))
            .orElseThrow(
                () ->
                    new CoreNotFoundException(
                        "Nothing says where the native core is: set %s, or [native] dir in the host's file."
                            .formatted(ENVIRONMENT)));
    for (String flavour : FLAVOURS) {
      CoreFiles files =
          new CoreFiles(
              dir.resolve(flavour).resolve("libreseal_core.so"),
              dir.resolve(flavour).resolve("reseal-stage"));
      if (Files.isRegularFile(files.library) && Files.isExecutable(files.stageProgram)) {
        return files;
      }
    }
    throw new CoreNotFoundException(
        "There is no native core in %s: looked for libreseal_core.so and reseal-stage in its folders %s. `make native` builds it."
            .formatted(dir, FLAVOURS));
  }
}
