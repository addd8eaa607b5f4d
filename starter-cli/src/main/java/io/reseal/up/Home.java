package io.reseal.up;

import java.nio.file.Path;

/** The paths of an embedded installation under its home directory. */
record Home(Path directory) {

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
