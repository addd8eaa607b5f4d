package io.reseal.up;

import io.reseal.config.ByteSizes;
import io.reseal.files.PlannedDirectory;
import java.io.IOException;
import java.nio.file.Path;

/** The paths of an embedded installation under its home directory. */
record Home(Path directory) {

  /** What MariaDB and Temporal write when they are started for the first time, and some logs. */
  private static final long FIRST_BYTES = 300L << 20;

  /** Refuses to begin where the first start would fill the disk. */
  void requireRoom() throws IOException {
    long free = PlannedDirectory.freeBytes(directory);
    if (free < FIRST_BYTES) {
      throw UpException.refused(
          "The disk of %s has %s free, and a new installation needs %s: make room, or choose another directory by --home."
              .formatted(directory, ByteSizes.text(free), ByteSizes.text(FIRST_BYTES)));
    }
  }

  Path installationFile() {
    return directory.resolve("reseal.toml");
  }

  Path workerFile() {
    return directory.resolve("worker.toml");
  }

  Path pieces() {
    return directory.resolve("pieces");
  }

  /** Downloaded pieces, in an installation with a piece store. */
  Path pieceCache() {
    return directory.resolve("piece-cache");
  }

  Path store() {
    return directory.resolve("store");
  }

  Path scratch() {
    return directory.resolve("scratch");
  }

  Path mariadb() {
    return directory.resolve("mariadb");
  }

  /** Temporary files of MariaDB, which removes all others' there when it starts. */
  Path mariadbTemporary() {
    return directory.resolve("mariadb-tmp");
  }

  /** The catalog user's password, generated on the first start; only its owner can read it. */
  Path passwordFile() {
    return directory.resolve("catalog.password");
  }

  Path temporalDatabase() {
    return directory.resolve("temporal.db");
  }

  Path logs() {
    return directory.resolve("logs");
  }
}
