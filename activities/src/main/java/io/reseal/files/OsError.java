package io.reseal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The kind of operating system error behind an exception, in whatever language its text is. */
public enum OsError {
  NO_SPACE("its file system is full, or the user's quota is used up: free space there"),
  NO_MEMORY("the system has no memory left"),
  DISK_ERROR("its disk fails: check the system's log and replace or mount it again"),
  READ_ONLY("its file system is read-only: mount it writable"),
  GONE("its network file system or mount has gone: mount it again"),
  DENIED("this user may not access it: correct its owner or permissions"),
  MISSING("it does not exist"),
  TOO_MANY_OPEN("too many files are open: raise the limit of open files (ulimit -n)"),
  NAME_TOO_LONG("its name is too long"),
  OTHER("");

  private final String explanation;

  OsError(String explanation) {
    this.explanation = explanation;
  }

  public static OsError of(IOException thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (at instanceof IOException || at instanceof UncheckedIOException) {
        OsError error = ofAlone(at);
        if (error != OTHER) {
          return error;
        }
      }
    }
    return OTHER;
  }

  private static OsError ofAlone(Throwable thrown) {
    if (thrown instanceof NoSuchFileException) {
      return MISSING;
    }
    if (thrown instanceof AccessDeniedException) {
      return DENIED;
    }
    String text =
        thrown instanceof FileSystemException named ? named.getReason() : thrown.getMessage();
    return text == null ? OTHER : ErrorTexts.ofThisProcess().find(text).orElse(OTHER);
  }

  /** Whether the disk itself fails or is gone, rather than being full. */
  public boolean isDiskFailing() {
    return this == DISK_ERROR || this == READ_ONLY || this == GONE;
  }

  /** What happened to which file and what to do, then the system's own text. */
  public static String sentence(IOException thrown) {
    OsError error = of(thrown);
    String said = thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
    return error == OTHER ? said : "%s (%s)".formatted(said, error.explanation);
  }

  /** The same failure with the file's name, which streams and channels leave out. */
  public static IOException about(Path file, IOException thrown) {
    return thrown.getClass() == IOException.class
        ? (IOException)
            new FileSystemException(file.toString(), null, thrown.getMessage()).initCause(thrown)
        : thrown;
  }

  /** The file that the system gave the error for, if the exception names one. */
  public static Optional<Path> file(IOException cause) {
    return cause instanceof FileSystemException named && named.getFile() != null
        ? Optional.of(Path.of(named.getFile()))
        : Optional.empty();
  }
}
