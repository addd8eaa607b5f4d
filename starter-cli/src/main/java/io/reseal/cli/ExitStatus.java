package io.reseal.cli;

/** What the program's exit status says. */
final class ExitStatus {

  static final int DONE = 0;

  /** A rebuild was dropped or waits for a person, or something failed. */
  static final int FAILED = 1;

  static final int USAGE = 2;

  /** The catalog's database, Temporal, a sealing host or the chain's nodes cannot be reached. */
  static final int UNREACHABLE = 3;

  /** What was asked for cannot be, and changed nothing; of several things the others are done. */
  static final int REFUSED = 4;

  private ExitStatus() {}
}
