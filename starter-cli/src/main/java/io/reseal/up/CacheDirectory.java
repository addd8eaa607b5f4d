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
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The user's directory for programs that are installed once and shared by all homes, and the
 * directory where the package {@code reseal-embedded} has put the same programs.
 */
final class CacheDirectory {

  /** Fills a fresh directory with a program. */
  interface Filler {
    void fill(Path directory) throws IOException;
  }

  /** Where a package has put programs; only its owner writes there. */
  private static final String PACKAGED = "RESEAL_EMBEDDED";

  private final Path root;
  private final Optional<Path> packaged;

  private CacheDirectory(Path root, Optional<Path> packaged) {
    this.root = root;
    this.packaged = packaged;
  }

  /** {@code RESEAL_CACHE} or {@code ~/.cache/reseal}, after {@code RESEAL_EMBEDDED}. */
  static CacheDirectory of(Map<String, String> environment) {
    return new CacheDirectory(
        variable(environment, "RESEAL_CACHE")
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "reseal")),
        variable(environment, PACKAGED));
  }

  private static Optional<Path> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .filter(value -> !value.isBlank())
        .map(value -> Path.of(value).toAbsolutePath());
  }

  /** The directory of this name if a package has put it there or it has been filled. */
  Optional<Path> existing(String name) {
    return packaged
        .map(place -> place.resolve(name))
        .filter(Files::isDirectory)
        .or(() -> Optional.of(root.resolve(name)).filter(Files::isDirectory));
  }

  /**
   * The directory of this name, filled on first use. It gets its name only when it is complete, so
   * one that a crash left half filled is never used.
   */
  Path directory(String name, Filler filler) throws IOException {
    Optional<Path> existing = existing(name);
    if (existing.isPresent()) {
      return existing.get();
    }
    Path complete = root.resolve(name);
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
