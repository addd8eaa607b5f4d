package io.reseal.files;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a file system has free; its number of inodes comes from the C library. */
final class DiskSpace implements FreeSpace {

  private static final Charset NAMES =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  /** More than the structure has on any Linux of 64 bits. */
  private static final int STRUCTURE_BYTES = 256;

  private static final long ALL_INODES = 40;
  private static final long FREE_INODES = 56;

  /** The C library's function. */
  interface LibC extends Library {
    int statvfs(byte[] path, Pointer result) throws LastErrorException;
  }

  @Override
  public long bytes(Path dir) throws IOException {
    return Files.getFileStore(dir).getUsableSpace();
  }

  /** A file system without a fixed number of inodes has no limit. */
  @Override
  public long files(Path dir) throws IOException {
    try (Memory result = new Memory(STRUCTURE_BYTES)) {
      Holder.LIBRARY.statvfs((dir + "\0").getBytes(NAMES), result);
      return result.getLong(ALL_INODES) == 0 ? Long.MAX_VALUE : result.getLong(FREE_INODES);
    } catch (LastErrorException e) {
      throw new FileSystemException(dir.toString(), null, e.getMessage());
    } catch (UnsatisfiedLinkError e) {
      return Long.MAX_VALUE;
    }
  }

  /** Loads the library when it is first needed. */
  private static final class Holder {
    static final LibC LIBRARY = Native.load("c", LibC.class);
  }
}
