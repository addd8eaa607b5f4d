package io.reseal.files;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.LongConsumer;

/**
 * File operations that are on the disk when they return, and that never overwrite: after a loss of
 * power each has happened or has not.
 */
public final class Durable {

  /** Told of each operation before it is done; what it throws stands for a crash just then. */
  interface Watch {
    void before(String operation, Path path) throws IOException;
  }

  private static final int CHUNK = 4 << 20;

  private final Watch watch;
  private final int chunk;

  public Durable() {
    this((operation, path) -> {}, CHUNK);
  }

  Durable(Watch watch, int chunk) {
    this.watch = watch;
    this.chunk = chunk;
  }

  /** Makes a directory and those above it that are missing. */
  public void makeDirectory(Path dir) throws IOException {
    if (Files.isDirectory(dir)) {
      return;
    }
    makeDirectory(dir.getParent());
    watch.before("make directory", dir);
    try {
      Files.createDirectory(dir);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(dir)) {
        throw e;
      }
    }
    syncDirectory(dir.getParent());
  }

  /**
   * Copies a file to a place where there is none, reads the copy back and compares.
   *
   * @param handled told the bytes read or written since it was last told
   */
  void copy(Path from, Path to, LongConsumer handled) throws IOException {
    byte[] original = copyAndSync(from, to, handled);
    watch.before("read back", to);
    if (!MessageDigest.isEqual(original, digestOnDisk(to, handled))) {
      delete(to);
      throw new IOException(
          "The copy of %s at %s reads back with other bytes; that disk or this host's memory may be failing."
              .formatted(from, to));
    }
  }

  /** Renames to a place where there is nothing, within one file system. */
  public void rename(Path from, Path to) throws IOException {
    if (SectorFiles.exists(to)) {
      throw new FileAlreadyExistsException(to.toString());
    }
    watch.before("rename", to);
    // An atomic move is rename(2) or fails: across file systems it must not turn into a copy.
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(to.getParent());
    syncDirectory(from.getParent());
  }

  /** Writes a small file as a whole; whatever happens, its place holds all of it or nothing. */
  public void write(Path file, byte[] content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    watch.before("write", temporary);
    try (FileChannel out =
        FileChannel.open(
            temporary,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      writeAll(out, temporary, ByteBuffer.wrap(content));
      force(out, temporary);
    }
    rename(temporary, file);
  }

  /** Removes a file, link or empty directory, if it is there. */
  public void delete(Path path) throws IOException {
    if (SectorFiles.exists(path)) {
      watch.before("delete", path);
      Files.deleteIfExists(path);
      syncDirectory(path.getParent());
    }
  }

  /** Removes a directory with all in it, or a file, if it is there; links are not followed. */
  public void deleteTree(Path top) throws IOException {
    if (!SectorFiles.exists(top)) {
      return;
    }
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            watch.before("delete", file);
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            watch.before("delete", dir);
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
    syncDirectory(top.getParent());
  }

  /** Puts a directory's entries on the disk: names made, renamed or removed in it. */
  void syncDirectory(Path dir) throws IOException {
    watch.before("sync directory", dir);
    try (FileChannel channel = FileChannel.open(dir, StandardOpenOption.READ)) {
      force(channel, dir);
    }
  }

  /** The failure with its file, which channels leave out. */
  private static IOException of(Path file, IOException e) {
    return e.getClass() == IOException.class
        ? new FileSystemException(file.toString(), null, e.getMessage())
        : e;
  }

  private byte[] copyAndSync(Path from, Path to, LongConsumer handled) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocateDirect(chunk);
    watch.before("create", to);
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      while (read(in, from, buffer.clear()) >= 0) {
        buffer.flip();
        digest.update(buffer.duplicate());
        watch.before("write", to);
        handled.accept(buffer.remaining());
        writeAll(out, to, buffer);
      }
      watch.before("sync", to);
      force(out, to);
    }
    syncDirectory(to.getParent());
    return digest.digest();
  }

  private static int read(FileChannel in, Path file, ByteBuffer bytes) throws IOException {
    try {
      return in.read(bytes);
    } catch (IOException e) {
      throw of(file, e);
    }
  }

  private static void writeAll(FileChannel out, Path file, ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw of(file, e);
    }
  }

  private static void force(FileChannel channel, Path file) throws IOException {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw of(file, e);
    }
  }

  private static byte[] digestOnDisk(Path file, LongConsumer handled) throws IOException {
    MessageDigest digest = sha256();
    int block = (int) Math.max(512, Math.min(CHUNK, Files.getFileStore(file).getBlockSize()));
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK + block).alignedSlice(block).limit(CHUNK);
    long left = Files.size(file);
    try (FileChannel in = openPastCache(file)) {
      ByteBuffer part = buffer.slice();
      // Past the cache only whole blocks can be asked for, so the end is known by count.
      while (left > 0 && read(in, file, part.clear()) > 0) {
        part.flip();
        left -= part.remaining();
        handled.accept(part.remaining());
        digest.update(part);
      }
    }
    return digest.digest();
  }

  /** What was just written would else be read from memory, which tells nothing of the disk. */
  private static FileChannel openPastCache(Path file) throws IOException {
    OpenOption read = StandardOpenOption.READ;
    try {
      return FileChannel.open(file, read, ExtendedOpenOption.DIRECT);
    } catch (IOException | UnsupportedOperationException e) {
      // Some file systems, those in memory among them, have no such reading.
      return FileChannel.open(file, read);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
