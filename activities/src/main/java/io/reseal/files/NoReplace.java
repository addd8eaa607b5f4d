package io.reseal.files;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Renames within one file system without ever replacing what is at the new name. */
final class NoReplace {

  private static final int AT_FDCWD = -100;
  private static final int RENAME_NOREPLACE = 1;

  private static final int ENOENT = 2;
  private static final int EEXIST = 17;
  private static final int EINVAL = 22;
  private static final int ENOSYS = 38;
  private static final int EOPNOTSUPP = 95;

  private NoReplace() {}

  /** Renames; fails with a {@link FileAlreadyExistsException} if the new name is taken. */
  static void rename(Path from, Path to) throws IOException {
    try {
      CLibrary.INSTANCE.renameat2(
          AT_FDCWD, CLibrary.name(from), AT_FDCWD, CLibrary.name(to), RENAME_NOREPLACE);
    } catch (LastErrorException e) {
      switch (e.getErrorCode()) {
        case ENOENT -> throw new NoSuchFileException(from.toString(), to.toString(), null);
        case EEXIST -> throw new FileAlreadyExistsException(to.toString());
        case EINVAL, ENOSYS, EOPNOTSUPP -> renameByLink(from, to);
        default -> throw new FileSystemException(to.toString(), null, e.getMessage());
      }
    } catch (UnsatisfiedLinkError e) {
      // A C library older than the system call.
      renameByLink(from, to);
    }
  }

  /**
   * For file systems without that system call, e.g. NFS: a second name never replaces a file, and
   * the system never replaces a directory that is not empty.
   */
  static void renameByLink(Path from, Path to) throws IOException {
    if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
      move(from, to);
      return;
    }
    try {
      Files.createLink(to, from);
    } catch (FileAlreadyExistsException e) {
      if (!isSame(from, to)) {
        throw e;
      }
      // Killed between the two names; only the older one is left to remove.
    } catch (NoSuchFileException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      move(from, to);
      return;
    }
    Files.delete(from);
  }

  /** Whether both are names of one file. */
  static boolean isSame(Path one, Path other) throws IOException {
    Object key = key(one);
    return key != null && key.equals(key(other));
  }

  private static Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private static void move(Path from, Path to) throws IOException {
    if (SectorFiles.exists(to)) {
      throw new FileAlreadyExistsException(to.toString());
    }
    // An atomic move is rename(2) or fails: across file systems it must not turn into a copy.
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }
}
