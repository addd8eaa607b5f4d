package io.reseal.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The operating system's error behind an exception. The JDK passes on the system's text and not its
 * number, so the text is all there is to go by: this is the only class that reads it.
 */
public enum OsError {
  NO_SPACE("no space left"),
  NO_MEMORY("cannot allocate memory"),
  DISK_ERROR("input/output error"),
  READ_ONLY("read-only file system"),
  OTHER("");

  private final String text;

  OsError(String text) {
    this.text = text;
  }

  public static OsError of(IOException cause) {
    String message = cause.getMessage() == null ? "" : cause.getMessage().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(error -> message.contains(error.text)).findFirst().get();
  }

  /** Whether the disk itself fails, rather than being full. */
  public boolean isDiskFailing() {
    return this == DISK_ERROR || this == READ_ONLY;
  }

  /** The file that the system gave the error for, if the exception names one. */
  public static Optional<Path> file(IOException cause) {
    return cause instanceof FileSystemException named && named.getFile() != null
        ? Optional.of(Path.of(named.getFile()))
        : Optional.empty();
  }
}
