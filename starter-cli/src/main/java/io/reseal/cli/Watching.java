package io.reseal.cli;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Problems;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Screen;
import io.reseal.cli.show.WatchableOutput;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Runs a command once, or repeatedly if {@code --watch} is given. */
final class Watching implements IExecutionStrategy {

  private static final String HOME_AND_CLEAR = "\033[H\033[2J";

  private final Shell shell;
  private final Problems problems;

  Watching(Shell shell, Problems problems) {
    this.shell = shell;
    this.problems = problems;
  }

  @Override
  public int execute(ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    Optional<Duration> every = WatchableOutput.of(last.commandSpec());
    return every.isEmpty() || last.isUsageHelpRequested()
        ? new RunLast().execute(parsed)
        : watch(parsed, every.get());
  }

  private int watch(ParseResult parsed, Duration every) {
    shell.keepServices();
    try (Screen screen = shell.screen()) {
      clear(screen);
      int status = new RunLast().execute(parsed);
      while (status == ExitStatus.DONE && screen.pause(every)) {
        clear(screen);
        status = again(parsed);
      }
      return status;
    } finally {
      shell.closeServices();
    }
  }

  /** Goes on watching while a service is unreachable. */
  private int again(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof Exception cause)) {
        throw e;
      }
      int status = problems.handleExecutionException(cause, e.getCommandLine(), parsed);
      return status == ExitStatus.UNREACHABLE ? ExitStatus.DONE : status;
    }
  }

  private void clear(Screen screen) {
    if (screen.isTerminal()) {
      shell.out().print(HOME_AND_CLEAR);
      shell.out().flush();
    }
  }
}
