package io.reseal.cli.host;

import io.reseal.catalog.HostCommandRow;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the commands that operators gave to a host. */
@Command(
    name = "history",
    description = "Show the commands that operators gave to a host, newest first.")
public final class UtilHistoryCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "NAME", description = ThreadTexts.HOST)
  private String host;

  @Mixin private OutputMixin output;

  public UtilHistoryCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      String name = new KnownHosts(services.catalog()).named(host);
      List<HostCommandRow> commands = services.catalog().hostCommands().ofHost(name);
      output.print(shell.out(), commands, () -> table(commands));
    }
    return ExitStatus.DONE;
  }

  private static String table(List<HostCommandRow> commands) {
    Table table = new Table("Time", "Index", "Command", "By", "Outcome");
    for (HostCommandRow command : commands) {
      table.add(
          Spans.time(command.at().toEpochMilli()),
          command.threadIndex(),
          command.kind(),
          command.by(),
          command.outcome());
    }
    return table.toString();
  }
}
