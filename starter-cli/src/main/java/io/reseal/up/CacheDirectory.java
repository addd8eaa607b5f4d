package io.reseal.up;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** The user's directory for programs that are installed once and shared by all homes. */
final class CacheDirectory {

  /** Fills a fresh directory with a program. */
  interface Filler {
    void fill(Path directory) throws IOException;
  }

  private final Path root;

  CacheDirectory(Path root) {
    this.root = root;
  }

  /** {@code RESEAL_CACHE} or {@code ~/.cache/reseal}. */
  static CacheDirectory of(Map<String, String> environment) {
    String chosen = environment.get("RESEAL_CACHE");
    return new CacheDirectory(
        chosen == null || chosen.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache", "reseal")
            : Path.of(chosen).toAbsolutePath());
  }

  /**
   * The directory of this name, filled on first use. It gets its name only when it is complete, so
   * one that a crash left half filled is never used.
   */
  Path directory(String name, Filler filler) throws IOException {
    Path complete = root.resolve(name);
    if (Files.isDirectory(complete)) {
      return complete;
    }
    Files.createDirectories(root);
    Path lockFile = root.resolve(name + ".lock");
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (lock.isValid() && !Files.isDirectory(complete)) {
        Path partial = root.resolve(name + ".partial");
        removeTree(partial);
        Files.createDirectory(partial);
        filler.fill(partial);
        Files.move(partial, complete, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    return complete;
  }

  static void removeTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
