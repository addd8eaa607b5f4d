package io.reseal.cli.shell;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options that every command takes. */
public final class GlobalOptions {

  @Option(
      names = "--home",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "The installation's directory; default: RESEAL_HOME, else ~/.reseal.")
  Path home;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the program's log and the stack trace of a failure on stderr.")
  boolean debug;
}
