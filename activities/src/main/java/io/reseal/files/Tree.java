package io.reseal.files;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicLong;

/** Adds up the files under a path. */
final class Tree {

  private Tree() {}

  /**
   * Bytes of all files under a path, 0 if there is nothing; files that vanish meanwhile are
   * skipped.
   */
  static long bytes(Path top) throws IOException {
    AtomicLong bytes = new AtomicLong();
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            FileWork.proceed();
            bytes.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes.get();
  }
}
