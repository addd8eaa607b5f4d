package io.reseal.up;

import java.nio.file.Path;

/** Where everything of an embedded installation lies under its home directory. */
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

  /** Where downloaded pieces go, of an installation with a piece store. */
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

  /** The catalog user's password, made up on the first start; readable by its owner only. */
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
