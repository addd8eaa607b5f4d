package io.reseal.cli;

import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.shell.GlobalOptions;
import io.reseal.cli.shell.Logs;
import io.reseal.cli.shell.Problems;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.shell.Surroundings;
import io.reseal.config.ProgramVersion;
import io.reseal.outage.HostHeader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code reseal} program. */
@Command(
    name = "reseal",
    description = "Rebuilds lost Filecoin sectors.",
    mixinStandardHelpOptions = true,
    versionProvider = Reseal.Version.class,
    scope = CommandLine.ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done",
      "1:a rebuild was dropped or waits for you, or something failed",
      "2:the command line is wrong",
      "3:the catalog's database, Temporal, a sealing host or the chain's nodes cannot be reached",
      "4:refused; a refused request changes nothing"
    })
public final class Reseal {

  private Reseal() {}

  /** The program's version. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      return new String[] {"reseal " + ProgramVersion.text()};
    }
  }

  public static void main(String[] arguments) {
    HostHeader.allow();
    System.exit(run(ofProcess(), arguments));
  }

  /** This process's own output streams, environment and terminal. */
  public static Surroundings ofProcess() {
    return new Surroundings(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        System.getenv(),
        new ConsoleScreen());
  }

  /** Runs one command and returns its exit status. */
  public static int run(Surroundings surroundings, String... arguments) {
    return run(surroundings, Map.of(), arguments);
  }

  /**
   * Runs one command and returns its exit status.
   *
   * @param others more commands by their names; one with the name of a command replaces it
   */
  public static int run(
      Surroundings surroundings, Map<String, Function<Shell, ?>> others, String... arguments) {
    GlobalOptions options = new GlobalOptions();
    Shell shell = new Shell(surroundings, options, Reseal::run);
    Problems problems = new Problems(shell);
    Watching watching = new Watching(shell, problems);
    CommandLine program =
        new Commands(shell, others, arguments)
            .addTo(new CommandLine(new Reseal()).addMixin("global", options));
    SectorArguments.register(program);
    return program
        .setOut(surroundings.out())
        .setErr(surroundings.err())
        .setExecutionStrategy(
            parsed -> {
              Logs.ofCommand(shell.debug(), shell.logFormat());
              return watching.execute(parsed);
            })
        .setExecutionExceptionHandler(problems)
        .setParameterExceptionHandler(problems)
        .execute(arguments);
  }
}
