package io.reseal.threads;

import java.io.IOException;
import java.nio.file.Path;

/** Keeps other workers away from the location of a sealing thread. */
public interface LocationGuard {

  /**
   * Called before a location is used for the first time, and again after its disk was away.
   *
   * @throws IOException if another worker uses it, or it cannot be written to
   */
  void secure(Path location) throws IOException;
}
