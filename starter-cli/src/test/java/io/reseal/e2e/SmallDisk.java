package io.reseal.e2e;

import io.reseal.files.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A small file system that takes the place of a directory, so that it can run full, hang, become
 * read-only and go away. Mounting one needs root.
 */
final class SmallDisk implements AutoCloseable {

  private static final String SIZE = "192m";

  /** Free inodes can run out as well as bytes. */
  private static final String FILES = "4096";

  private final Path directory;
  private final Path image;
  private final Path filler;

  private SmallDisk(Path directory, Path image) {
    this.directory = directory;
    this.image = image;
    this.filler = directory.resolve("filler");
  }

  static boolean canBeMounted() {
    return Shell.isRoot();
  }

  /** Mounts one over a directory, with what is in it. */
  static SmallDisk over(Path directory) throws IOException {
    Path image = Files.createTempFile(directory.getParent(), "disk", "");
    Path before = Files.createTempDirectory(directory.getParent(), "before");
    Shell.run("cp", "-a", directory + "/.", before.toString());
    Shell.run("truncate", "-s", SIZE, image.toString());
    Shell.run("mkfs.ext4", "-q", "-F", "-N", FILES, "-d", before.toString(), image.toString());
    Shell.run("mount", "-o", "loop,noatime", image.toString(), directory.toString());
    Shell.run("rm", "-r", before.toString(), directory.resolve("lost+found").toString());
    return new SmallDisk(directory, image);
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

  void free() throws IOException {
    Shell.run("rm", "-rf", filler.toString());
  }

  /** From now on whoever writes, creates, renames or removes something waits. */
  void hang() throws IOException {
    Shell.run("fsfreeze", "--freeze", directory.toString());
  }

  void wake() throws IOException {
    Shell.run("fsfreeze", "--unfreeze", directory.toString());
  }

  /**
   * From now on nothing can be opened for writing. The kernel refuses to make a disk read-only
   * while a file is open for writing, as lock files are; so a read-only view of it is mounted over
   * it. The view is made elsewhere, where nothing can open a file while it is still writable.
   */
  void makeReadOnly() throws IOException {
    Path view = Files.createTempDirectory(directory.getParent(), "view");
    Shell.run("mount", "--bind", directory.toString(), view.toString());
    Shell.run("mount", "-o", "remount,bind,ro", view.toString());
    Shell.run("mount", "--bind", view.toString(), directory.toString());
    Shell.run("umount", view.toString());
    Files.delete(view);
  }

  void makeWritable() throws IOException {
    show();
  }

  /** Hides it under an empty one, which is how an unmounted disk looks. */
  void hide() throws IOException {
    Shell.run("mount", "-t", "tmpfs", "-o", "size=1m", "reseal-test", directory.toString());
  }

  void show() throws IOException {
    Shell.run("umount", "-l", directory.toString());
  }

  /** Unmounts it, with all that was written to it. */
  @Override
  public void close() {
    try {
      Shell.succeeds("fsfreeze", "--unfreeze", directory.toString());
      while (Shell.succeeds("mountpoint", "-q", directory.toString())) {
        show();
      }
      Files.deleteIfExists(image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
