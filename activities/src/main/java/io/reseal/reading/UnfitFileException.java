package io.reseal.reading;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** What is at a path is not the small file that belongs there; nothing of it was used. */
public final class UnfitFileException extends FileSystemException {

  private static final long serialVersionUID = 1L;

  UnfitFileException(Path file, String reason) {
    super(file.toString(), null, reason);
  }
}
