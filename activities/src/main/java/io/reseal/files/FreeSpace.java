package io.reseal.files;

import java.io.IOException;
import java.nio.file.Path;

/** Reports how much can still be written in a directory's file system. */
interface FreeSpace {

  long bytes(Path dir) throws IOException;

  /** How many files and directories can still be made. */
  default long files(Path dir) throws IOException {
    return Long.MAX_VALUE;
  }

  /** As reported by the file system itself. */
  static FreeSpace ofDisk() {
    return new DiskSpace();
  }
}
