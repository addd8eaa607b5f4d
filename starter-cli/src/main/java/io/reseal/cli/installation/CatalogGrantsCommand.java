package io.reseal.cli.installation;

import io.reseal.catalog.CatalogGrants;
import io.reseal.catalog.CatalogSettings;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Listing;
import io.reseal.cli.show.OutputMixin;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what a database administrator runs; connects to nothing. */
@Command(
    name = "grants",
    description = {
      "Print the SQL that gives Reseal three users in MariaDB: one that workers and commands run"
          + " as, which cannot change tables, one for 'reseal catalog upgrade', and one for people"
          + " who only look."
    })
public final class CatalogGrantsCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(
      names = "--from",
      paramLabel = "HOSTS",
      defaultValue = "%",
      description =
          "The machines that the users connect from, as MariaDB writes them, e.g. 10.1.2.%%;"
              + " default: all.")
  private String from;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "The user that runs; default: the one in [catalog] of reseal.toml.")
  private String user;

  @Option(
      names = "--upgrade-user",
      paramLabel = "NAME",
      description = "The user that upgrades; default: the other one's name with _upgrade.")
  private String upgradeUser;

  @Option(
      names = "--read-user",
      paramLabel = "NAME",
      description = "The user that reads; default: the first one's name with _read.")
  private String readUser;

  @Mixin private OutputMixin output;

  public CatalogGrantsCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    CatalogSettings settings = CatalogSettings.of(shell.installation());
    String running = user == null ? settings.user() : user;
    String upgrading = upgradeUser == null ? running + "_upgrade" : upgradeUser;
    String reading = readUser == null ? running + "_read" : readUser;
    List<String> lines =
        new CatalogGrants(settings.database(), from, running, upgrading, reading).lines();
    output.print(shell.out(), lines, () -> Listing.ofLines(lines));
    return ExitStatus.DONE;
  }
}
