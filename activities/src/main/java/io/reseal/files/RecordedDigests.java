package io.reseal.files;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What files in scratch must be, by digests that were recorded when they were known to be right.
 */
interface RecordedDigests {

  /** Fails if a file was read with a digest that differs from the recorded one. */
  void check(Path file, String digest) throws DamagedFileException;

  /** Whether a copy of the file has the recorded bytes; one that cannot be read has not. */
  boolean isCopy(Path file, Path copy) throws IOException;
}
