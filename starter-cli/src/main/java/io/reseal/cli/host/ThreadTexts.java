package io.reseal.cli.host;

/** What the commands about sealing threads say of themselves, under both of their names. */
final class ThreadTexts {

  static final String PAUSE =
      "Pause a sealing thread: it finishes the sector it has, then takes nothing until it is"
          + " resumed, also over restarts of its worker.";
  static final String NOW =
      "Stop the running step too; finished layers stay, and the rebuild waits for the thread.";
  static final String RESUME =
      "Let a sealing thread take work again that was paused, or that takes nothing after a fault of"
          + " its host; a rebuild that waits for it, or held it last and waits for you, goes on.";
  static final String STATE =
      "Set that rebuild back to an earlier state first, whose files must still be there; Aborted"
          + " drops it.";
  static final String INDEX = "The thread's number, as worker list shows it.";
  static final String HOST =
      "The host's name in its worker.toml, or its machine's host name or IP address.";

  private ThreadTexts() {}
}
