package io.reseal.worker;

import io.reseal.files.Durable;
import io.reseal.files.LockFile;
import io.reseal.reading.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Keeps a second worker away from a sealing thread's location while this one runs. */
public final class LocationLock {

  private LocationLock() {}

  static LockFile take(Path location) throws IOException {
    Path dir = file(location).getParent();
    if (!Files.isDirectory(dir)) {
      // The location itself is never created: it may be the mount point of a disk that is away.
      Files.createDirectory(dir);
    }
    Optional<LockFile> lock = LockFile.tryTake(file(location));
    if (lock.isEmpty()) {
      throw new LocationTakenException(
          ("Another worker uses the sealing thread's location %s%s; stop it first, or give this"
                  + " worker another location. If this worker's file was copied from that worker,"
                  + " its name must be changed too.")
              .formatted(location, owner(location)));
    }
    Durable durable = new Durable();
    durable.delete(ownerFile(location));
    durable.write(ownerFile(location), ThisProcess.sentence().getBytes(StandardCharsets.UTF_8));
    return lock.get();
  }

  /** Who has the lock, as that worker wrote it down; empty if it is not known. */
  private static String owner(Path location) {
    try {
      return " (" + SmallFile.readText(ownerFile(location)).strip() + ")";
    } catch (IOException e) {
      return "";
    }
  }

  private static Path ownerFile(Path location) {
    return location.resolve("reseal").resolve("worker");
  }

  /** Whether a worker in another process on this machine uses the location. */
  public static boolean isHeld(Path location) throws IOException {
    return LockFile.isHeld(file(location));
  }

  private static Path file(Path location) {
    return location.resolve("reseal").resolve("worker.lock");
  }
}
