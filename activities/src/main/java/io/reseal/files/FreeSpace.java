package io.reseal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells how many bytes can still be written in a directory's file system. */
interface FreeSpace {

  long bytes(Path dir) throws IOException;

  /** As the file system itself says. */
  static FreeSpace ofDisk() {
    return dir -> Files.getFileStore(dir).getUsableSpace();
  }
}
