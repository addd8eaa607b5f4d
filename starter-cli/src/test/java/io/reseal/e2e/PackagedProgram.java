package io.reseal.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The program's jars, from which workers run after the build has packaged them, and an archive of
 * the classes that a worker loads, with which it starts in half the time. The JVM uses an archive
 * only together with the jars that it was made from, and never with directories of classes.
 */
final class PackagedProgram {

  private final Path jar;
  private final Path libraries;
  private final Path archive;

  private PackagedProgram(Path target) {
    this.jar = target.resolve("reseal.jar");
    this.libraries = target.resolve("lib");
    this.archive = target.resolve("worker.jsa");
  }

  /** Empty if the tests run without a package of the classes under test. */
  static Optional<PackagedProgram> find() {
    return Optional.ofNullable(System.getProperty("reseal.program"))
        .map(target -> new PackagedProgram(Path.of(target)));
  }

  /** The same command of the JVM, run from the jars and with the archive, if there is one. */
  List<String> run(List<String> command) {
    List<String> words = new ArrayList<>(command);
    int classPath = words.indexOf("-cp");
    words.set(classPath + 1, jar + File.pathSeparator + libraries + "/*");
    words.add(classPath, useArchive());
    return words;
  }

  /** The option by which a process uses the archive. */
  String useArchive() {
    return "-XX:SharedArchiveFile=" + archive;
  }

  /** The option by which a process archives its classes when it ends. */
  static String writeArchive(Path file) {
    return "-XX:ArchiveClassesAtExit=" + file;
  }

  /**
   * Makes the archive if it is missing or older than the jars. If another JVM is making it, this
   * one goes on without it until it is there.
   *
   * @param worker starts and ends a worker that writes its archive to a file
   */
  void makeArchive(Consumer<Path> worker) throws IOException {
    Path written = archive.resolveSibling("worker.jsa.new");
    try (FileChannel channel =
            FileChannel.open(
                archive.resolveSibling("worker.jsa.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null && isStale()) {
        worker.accept(written);
        Files.move(written, archive, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private boolean isStale() {
    long made = archive.toFile().lastModified();
    try (Stream<Path> jars = Files.list(libraries)) {
      return Stream.concat(Stream.of(jar), jars)
          .anyMatch(file -> file.toFile().lastModified() > made);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
