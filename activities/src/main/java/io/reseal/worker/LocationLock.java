package io.reseal.worker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second worker away from a sealing thread's location while this one runs. */
public final class LocationLock implements AutoCloseable {

  private final FileChannel channel;

  private LocationLock(FileChannel channel) {
    this.channel = channel;
  }

  static LocationLock take(Path location) throws IOException {
    Path dir = Files.createDirectories(location.resolve("reseal"));
    Path file = dir.resolve("worker.lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!locked(channel)) {
      channel.close();
      throw new IOException(
          "Another worker uses the sealing thread's location %s; stop it first, or give this one another location."
              .formatted(location));
    }
    return new LocationLock(channel);
  }

  /** Whether a worker of this machine has the location, as far as another process can tell. */
  public static boolean isHeld(Path location) throws IOException {
    Path file = location.resolve("reseal").resolve("worker.lock");
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return !locked(channel);
    }
  }

  /** The lock lasts as long as the channel. */
  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
