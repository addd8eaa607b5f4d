package io.reseal.cli.host;

/** The descriptions of commands that exist twice, under `worker` and under `util worker`. */
final class ThreadTexts {

  static final String PAUSE =
      "Pause a sealing thread: it finishes its sector, then takes no other until it is resumed,"
          + " even if its worker is restarted.";
  static final String NOW =
      "Stop the running step too; finished layers are kept, and the rebuild waits for the thread.";
  static final String RESUME =
      "Put a sealing thread back to work that was paused or stopped after a fault of its host. A"
          + " rebuild that waits for the thread, or that held it last and waits for you,"
          + " continues.";
  static final String STATE =
      "First set that rebuild back to an earlier state, if its files are still in scratch; Aborted"
          + " drops it.";
  static final String INDEX = "The thread's number, as shown by worker list.";
  static final String HOST =
      "The host's name in its worker.toml, or its machine's host name or IP address.";

  private ThreadTexts() {}
}
