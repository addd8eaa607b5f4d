package io.reseal.files;

import com.sun.nio.file.ExtendedOpenOption;
import io.reseal.reading.SmallFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * File operations that are on the disk when they return, and that never overwrite: after a loss of
 * power each is either done completely or not at all.
 */
public final class Durable {

  /** Called before each operation; tests simulate a crash by throwing from it. */
  interface Watch {
    void before(String operation, Path path) throws IOException;
  }

  private static final int CHUNK = 4 << 20;
  private static final byte[] NOTHING = {};

  private final Watch watch;
  private final int chunk;

  public Durable() {
    this((operation, path) -> {}, CHUNK);
  }

  Durable(Watch watch, int chunk) {
    this.watch = watch;
    this.chunk = chunk;
  }

  private void before(String operation, Path path) throws IOException {
    FileWork.proceed();
    watch.before(operation, path);
  }

  /** Makes a directory and any missing parents. */
  public void makeDirectory(Path dir) throws IOException {
    if (Files.isDirectory(dir)) {
      return;
    }
    makeDirectory(dir.getParent());
    before("make directory", dir);
    try {
      Files.createDirectory(dir);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(dir)) {
        throw e;
      }
    }
    syncDirectory(dir.getParent());
  }

  /** Makes a directory that is not there yet, in one that is. */
  void makeNewDirectory(Path dir) throws IOException {
    before("make directory", dir);
    Files.createDirectory(dir);
    syncDirectory(dir.getParent());
  }

  /** Makes an empty file that is not there yet. */
  void create(Path file) throws IOException {
    before("create", file);
    Files.createFile(file);
    syncDirectory(file.getParent());
  }

  /**
   * Copies a file to a place where there is none, reads the copy back and compares.
   *
   * @param handled receives the bytes read or written since its last call
   * @return the SHA-256 of the bytes that were read, and read back
   */
  String copy(Path from, Path to, LongConsumer handled) throws IOException {
    return copy(from, NOTHING, to, handled);
  }

  /**
   * The same with more bytes at the copy's end.
   *
   * @param tail what follows the file's bytes
   */
  String copy(Path from, byte[] tail, Path to, LongConsumer handled) throws IOException {
    byte[] original = copyAndSync(from, tail, to, handled);
    before("read back", to);
    if (!MessageDigest.isEqual(original, digestOnDisk(to, handled))) {
      delete(to);
      throw new DamagedCopyException(from, to);
    }
    return HexFormat.of().formatHex(original);
  }

  /** The SHA-256 of what is on the disk, in hex. */
  static String digest(Path file) throws IOException {
    return digest(file, NOTHING);
  }

  /** The SHA-256 of what is on the disk, followed by some bytes, in hex. */
  static String digest(Path file, byte[] tail) throws IOException {
    MessageDigest digest = sha256();
    addFromDisk(digest, file, bytes -> {});
    return HexFormat.of().formatHex(digest.digest(tail));
  }

  /** The SHA-256 of some bytes, in hex. */
  static String digest(byte[] content) {
    return HexFormat.of().formatHex(sha256().digest(content));
  }

  /** Renames to a place where there is nothing, within one file system. */
  public void rename(Path from, Path to) throws IOException {
    before("rename", to);
    NoReplace.rename(from, to);
    syncDirectory(to.getParent());
    syncDirectory(from.getParent());
  }

  /** Writes a small file as a whole; whatever happens, the path holds all of it or nothing. */
  public void write(Path file, byte[] content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    before("write", temporary);
    // What is there, left over or a link to elsewhere, is not written into.
    Files.deleteIfExists(temporary);
    try (FileChannel out =
        FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      writeAll(out, temporary, ByteBuffer.wrap(content));
      force(out, temporary);
    }
    rename(temporary, file);
  }

  /** Removes a file, link or empty directory, if it is there. */
  public void delete(Path path) throws IOException {
    if (SectorFiles.exists(path)) {
      before("delete", path);
      Files.deleteIfExists(path);
      syncDirectory(path.getParent());
    }
  }

  /**
   * Removes a directory with everything in it, or a file, if it is there; links are not followed.
   */
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
            before("delete", file);
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            before("delete", dir);
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
    syncDirectory(top.getParent());
  }

  /** Syncs a directory to disk: names created, renamed or removed in it. */
  void syncDirectory(Path dir) throws IOException {
    before("sync directory", dir);
    try (FileChannel channel = FileChannel.open(dir, StandardOpenOption.READ)) {
      force(channel, dir);
    }
  }

  /** Adds the file's name to the failure, which channels leave out. */
  private static IOException of(Path file, IOException e) {
    return e.getClass() == IOException.class
        ? new FileSystemException(file.toString(), null, e.getMessage())
        : e;
  }

  private byte[] copyAndSync(Path from, byte[] tail, Path to, LongConsumer handled)
      throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocateDirect(atMost(chunk, Files.size(from), 1));
    before("create", to);
    try (FileChannel in = open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      while (read(in, from, buffer.clear()) >= 0) {
        buffer.flip();
        digest.update(buffer.duplicate());
        before("write", to);
        handled.accept(buffer.remaining());
        writeAll(out, to, buffer);
      }
      digest.update(tail);
      handled.accept(tail.length);
      writeAll(out, to, ByteBuffer.wrap(tail));
      before("sync", to);
      force(out, to);
    }
    syncDirectory(to.getParent());
    return digest.digest();
  }

  private static int read(FileChannel in, Path file, ByteBuffer bytes) throws IOException {
    FileWork.proceed();
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
    addFromDisk(digest, file, handled);
    return digest.digest();
  }

  private static void addFromDisk(MessageDigest digest, Path file, LongConsumer handled)
      throws IOException {
    int block = (int) Math.max(512, Math.min(CHUNK, Files.getFileStore(file).getBlockSize()));
    long left = Files.size(file);
    int size = atMost(CHUNK, left, block);
    ByteBuffer buffer = ByteBuffer.allocateDirect(size + block).alignedSlice(block).limit(size);
    try (FileChannel in = openPastCache(file)) {
      ByteBuffer part = buffer.slice();
      // Direct reads return only whole blocks, so the end is known by counting.
      while (left > 0 && read(in, file, part.clear()) > 0) {
        part.flip();
        left -= part.remaining();
        handled.accept(part.remaining());
        digest.update(part);
      }
    }
  }

  /** The size of a buffer for a file, in whole blocks: zeroing large ones takes long. */
  private static int atMost(int chunk, long bytes, int block) {
    return (int) Math.min(chunk, Math.max(1, (bytes + block - 1) / block) * block);
  }

  /** Otherwise what was just written would be read from memory, which would not check the disk. */
  private static FileChannel openPastCache(Path file) throws IOException {
    OpenOption read = StandardOpenOption.READ;
    try {
      return open(file, read, ExtendedOpenOption.DIRECT);
    } catch (IOException | UnsupportedOperationException e) {
      // Some file systems, e.g. those in memory, do not support direct reads.
      return open(file, read);
    }
  }

  /** Opening a pipe would wait for ever, and a link may lead anywhere. */
  private static FileChannel open(Path file, OpenOption... options) throws IOException {
    SmallFile.requireRegular(file);
    return FileChannel.open(
        file,
        Stream.concat(Stream.of(options), Stream.of(LinkOption.NOFOLLOW_LINKS))
            .toArray(OpenOption[]::new));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
