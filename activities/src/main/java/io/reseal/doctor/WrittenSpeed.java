package io.reseal.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/** How fast disks write, by a file that is removed again. */
final class WrittenSpeed {

  private static final int BLOCK = 4 << 20;

  private final long bytes;

  /**
   * @param bytes how much to write on each disk
   */
  WrittenSpeed(long bytes) {
    this.bytes = bytes;
  }

  /** Bytes a second of all disks that these directories are on, measured one after the other. */
  double of(Collection<Path> directories) throws IOException {
    Set<FileStore> seen = new HashSet<>();
    double sum = 0;
    for (Path directory : directories) {
      if (seen.add(Files.getFileStore(directory))) {
        sum += of(directory);
      }
    }
    return sum;
  }

  private double of(Path directory) throws IOException {
    // Not zeros, which some disks do not write.
    byte[] block = new byte[BLOCK];
    new Random().nextBytes(block);
    Path file = Files.createTempFile(directory, "reseal-speed-", ".tmp");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long began = System.nanoTime();
      long written = 0;
      while (written < bytes) {
        written += channel.write(ByteBuffer.wrap(block));
      }
      channel.force(true);
      return written / ((System.nanoTime() - began) / 1e9);
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
