package io.reseal.files;

import io.reseal.reading.SmallFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A file locked by one user at a time among all threads and processes of this machine. */
public final class LockFile implements AutoCloseable {

  private static final long PERIOD_MILLIS = 50;

  private final FileChannel channel;

  /** The work done while the lock is held. */
  public interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  private LockFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Takes the lock unless it is held; creates the file, but not its directory. */
  public static Optional<LockFile> tryTake(Path file) throws IOException {
    FileChannel channel = open(file);
    if (isLocked(channel)) {
      return Optional.of(new LockFile(channel));
    }
    channel.close();
    return Optional.empty();
  }

  /** Waits until the lock is free, and holds it during the work. */
  public static <T> T whileHolding(Path file, Work<T> work)
      throws IOException, InterruptedException {
    // Closing the channel releases the lock.
    try (FileChannel channel = open(file)) {
      // FileChannel.lock waits for other processes only, and cannot be interrupted.
      while (!isLocked(channel)) {
        Thread.sleep(PERIOD_MILLIS);
      }
      return work.run();
    }
  }

  private static FileChannel open(Path file) throws IOException {
    if (SectorFiles.exists(file)) {
      SmallFile.requireRegular(file);
    }
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether another process holds the lock. */
  public static boolean isHeld(Path file) throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    Optional<LockFile> taken = tryTake(file);
    if (taken.isPresent()) {
      taken.get().close();
    }
    return taken.isEmpty();
  }

  /** Tries to lock; the lock lasts until the channel is closed. */
  private static boolean isLocked(FileChannel channel) throws IOException {
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
