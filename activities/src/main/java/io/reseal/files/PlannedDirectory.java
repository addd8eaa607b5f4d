package io.reseal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory that may have to be made yet. */
public final class PlannedDirectory {

  private PlannedDirectory() {}

  /** The directory, or its nearest parent that exists. */
  public static Path existing(Path dir) {
    Path at = dir.toAbsolutePath();
    while (!Files.exists(at)) {
      at = at.getParent();
    }
    return at;
  }

  /** What is free on the disk that it is on, or will be on. */
  public static long freeBytes(Path dir) throws IOException {
    return FreeSpace.ofDisk().bytes(existing(dir));
  }
}
