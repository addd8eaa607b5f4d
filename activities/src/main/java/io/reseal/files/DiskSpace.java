package io.reseal.files;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a file system has free; its number of inodes comes from the C library. */
final class DiskSpace implements FreeSpace {

  /** More than the structure has on any Linux of 64 bits. */
  private static final int STRUCTURE_BYTES = 256;

  private static final long ALL_INODES = 40;
  private static final long FREE_INODES = 56;

  @Override
  public long bytes(Path dir) throws IOException {
    return Files.getFileStore(dir).getUsableSpace();
  }

  /** A file system without a fixed number of inodes has no limit. */
  @Override
  public long files(Path dir) throws IOException {
    try (Memory result = new Memory(STRUCTURE_BYTES)) {
      CLibrary.INSTANCE.statvfs(CLibrary.name(dir), result);
      return result.getLong(ALL_INODES) == 0 ? Long.MAX_VALUE : result.getLong(FREE_INODES);
    } catch (LastErrorException e) {
      throw new FileSystemException(dir.toString(), null, e.getMessage());
    } catch (UnsatisfiedLinkError e) {
      return Long.MAX_VALUE;
    }
  }
}
