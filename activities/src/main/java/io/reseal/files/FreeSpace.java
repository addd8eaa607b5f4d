package io.reseal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reports how many bytes can still be written in a directory's file system. */
interface FreeSpace {

  long bytes(Path dir) throws IOException;

  /** As reported by the file system itself. */
  static FreeSpace ofDisk() {
    return dir -> Files.getFileStore(dir).getUsableSpace();
  }
}
