package io.reseal.up;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The programs of an embedded installation, for the package that contains them. */
public final class EmbeddedPrograms {

  private EmbeddedPrograms() {}

  /**
   * The directories of MariaDB and Temporal in the user's cache, filled if they are not there.
   *
   * @param environment where the cache and Python are looked up
   * @param say prints what is being downloaded
   */
  public static List<Path> directories(Map<String, String> environment, Consumer<String> say)
      throws IOException {
    CacheDirectory cache = CacheDirectory.of(environment);
    return List.of(
        MariaDbProgram.unpacked(cache).directory(),
        new TemporalProgram(environment, cache, say).directory());
  }
}
