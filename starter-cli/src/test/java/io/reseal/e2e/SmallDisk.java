package io.reseal.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A small file system in memory that takes the place of a directory, so that it can run full,
 * become read-only and go away. Mounting one needs root.
 */
final class SmallDisk implements AutoCloseable {

  private static final String SIZE = "192m";

  /** Free inodes can run out as well as bytes. */
  private static final String FILES = "4096";

  private final Path directory;
  private final Path filler;

  private SmallDisk(Path directory) {
    this.directory = directory;
    this.filler = directory.resolve("filler");
  }

  static boolean canBeMounted() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Mounts one over a directory, with what is in it. */
  static SmallDisk over(Path directory) throws IOException {
    Path before = Files.createTempDirectory(directory.getParent(), "before");
    run("cp", "-a", directory + "/.", before.toString());
    mount(directory);
    run("cp", "-a", before + "/.", directory.toString());
    run("rm", "-r", before.toString());
    return new SmallDisk(directory);
  }

  private static void mount(Path directory) {
    run(
        "mount",
        "-t",
        "tmpfs",
        "-o",
        "size=%s,nr_inodes=%s".formatted(SIZE, FILES),
        "reseal-test",
        directory.toString());
  }

  /** Takes all bytes that are left. */
  void fill() throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(1 << 20);
    try (FileChannel out =
        FileChannel.open(filler, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      int written;
      do {
        written = out.write(zeros.clear());
      } while (written > 0);
    } catch (IOException full) {
      // Which is what was wanted.
    }
  }

  /** Takes all inodes that are left. */
  void fillWithFiles() throws IOException {
    Files.createDirectory(filler);
    try {
      for (int i = 0; true; i++) {
        Files.createFile(filler.resolve(Integer.toString(i)));
      }
    } catch (IOException full) {
      // Which is what was wanted.
    }
  }

  void free() {
    run("rm", "-rf", filler.toString());
  }

  /** False if the kernel refuses, because a file is just being written. */
  boolean makeReadOnly() {
    return runs("mount", "-o", "remount,ro", directory.toString());
  }

  void makeWritable() {
    run("mount", "-o", "remount,rw", directory.toString());
  }

  /** Hides it under an empty one, which is how an unmounted disk looks. */
  void hide() {
    mount(directory);
  }

  void show() {
    run("umount", "-l", directory.toString());
  }

  private static void run(String... command) {
    if (!runs(command)) {
      throw new AssertionError("Failed: " + String.join(" ", command));
    }
  }

  private static boolean runs(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.onExit().join().exitValue() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unmounts it, with all that was written to it. */
  @Override
  public void close() {
    while (runs("mountpoint", "-q", directory.toString())) {
      run("umount", "-l", directory.toString());
    }
  }
}
