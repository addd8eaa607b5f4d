package io.reseal.cli.shell;

/** The program's exit statuses. */
public final class ExitStatus {

  public static final int DONE = 0;

  /** A rebuild was dropped or waits for a person, or something failed. */
  public static final int FAILED = 1;

  public static final int USAGE = 2;

  /** The catalog's database, Temporal, a sealing host or the chain's nodes cannot be reached. */
  public static final int UNREACHABLE = 3;

  /** Refused, and nothing was changed; of several requests, the others were carried out. */
  public static final int REFUSED = 4;

  private ExitStatus() {}
}
