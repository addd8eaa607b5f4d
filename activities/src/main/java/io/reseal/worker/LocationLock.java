package io.reseal.worker;

import io.reseal.files.LockFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps a second worker away from a sealing thread's location while this one runs. */
public final class LocationLock {

  private LocationLock() {}

  static LockFile take(Path location) throws IOException {
    Path dir = file(location).getParent();
    if (!Files.isDirectory(dir)) {
      // The location itself is never created: it may be the mount point of a disk that is away.
      Files.createDirectory(dir);
    }
    return LockFile.tryTake(file(location))
        .orElseThrow(
            () ->
                new LocationTakenException(
                    "Another worker uses the sealing thread's location %s; stop it first, or give this worker another location."
                        .formatted(location)));
  }

  /** Whether a worker in another process on this machine uses the location. */
  public static boolean isHeld(Path location) throws IOException {
    return LockFile.isHeld(file(location));
  }

  private static Path file(Path location) {
    return location.resolve("reseal").resolve("worker.lock");
  }
}
