package io.reseal.files;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A copy that reads back with other bytes than were written; it names the copy's file. */
final class DamagedCopyException extends FileSystemException {

  DamagedCopyException(Path from, Path to) {
    super(
        to.toString(),
        from.toString(),
        "The copy of %s at %s reads back with other bytes; that disk or this host's memory may be failing."
            .formatted(from, to));
  }

  @Override
  public String getMessage() {
    return getReason();
  }
}
