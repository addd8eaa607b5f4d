package io.reseal.pieces;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Distinguishes a file from an earlier one of the same name. The time is ctime, which no program
 * can set: a copy from a backup may carry any other time with it.
 *
 * @param inode its number in its file system
 * @param bytes its length
 * @param changed when its data or attributes last changed
 */
record FileVersion(Object inode, Object bytes, Object changed) {

  static FileVersion of(Path file) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(file, "unix:ino,size,ctime");
    return new FileVersion(attributes.get("ino"), attributes.get("size"), attributes.get("ctime"));
  }
}
