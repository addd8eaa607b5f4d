package io.reseal.pieces;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that one user at a time has locked, of all threads and processes of this host. */
final class FileMutex {

  private static final long PERIOD_MILLIS = 50;

  private final Path file;

  FileMutex(Path file) {
    this.file = file;
  }

  /** What is done under the lock. */
  interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  /** Waits until nobody else has it, and has it while the work is done. */
  <T> T holding(Work<T> work) throws IOException, InterruptedException {
    // Closing the channel lets go of the lock.
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      // FileChannel.lock waits for other processes only, and no interrupt gets it out of there.
      while (!isLocked(channel)) {
        Thread.sleep(PERIOD_MILLIS);
      }
      return work.run();
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }
}
