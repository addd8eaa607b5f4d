package io.reseal.reading;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** What may be at a path instead of the small file that belongs there. */
public enum OddFile {
  PIPE,
  LINK,
  DEVICE,
  HUGE;

  /** Puts it in the place of a file, or where none is. */
  public void putInPlaceOf(Path file) throws IOException {
    Path moved = file.resolveSibling(file.getFileName() + ".moved");
    if (Files.exists(file)) {
      Files.move(file, moved);
    }
    switch (this) {
      case PIPE -> pipe(file);
      case LINK -> Files.createSymbolicLink(file, moved);
      case DEVICE -> Files.createSymbolicLink(file, Path.of("/dev/zero"));
      case HUGE -> huge(file, moved);
    }
  }

  private static void pipe(Path file) throws IOException {
    int status = new ProcessBuilder("mkfifo", file.toString()).start().onExit().join().exitValue();
    if (status != 0) {
      throw new IOException("mkfifo ended with " + status);
    }
  }

  /** The same content with a hole of 100 GiB after it. */
  private static void huge(Path file, Path original) throws IOException {
    if (Files.exists(original)) {
      Files.copy(original, file);
    }
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(100L << 30);
    }
  }
}
