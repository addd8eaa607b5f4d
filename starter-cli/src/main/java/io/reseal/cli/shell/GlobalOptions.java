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
      description = "The installation's directory; default: $RESEAL_HOME or ~/.reseal.")
  Path home;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      scope = ScopeType.INHERIT,
      description =
          "Use the sections [profile.NAME...] of reseal.toml, which are another installation;"
              + " default: $RESEAL_PROFILE, otherwise the file's own sections.")
  String profile;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the log, and the stack trace of a failure, to stderr.")
  boolean debug;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      scope = ScopeType.INHERIT,
      defaultValue = "${env:RESEAL_LOG_FORMAT:-text}",
      description =
          "How log lines are written: text, or json with sector, run, host and step as fields;"
              + " default: $RESEAL_LOG_FORMAT or text.")
  Logs.Format logFormat;
}
