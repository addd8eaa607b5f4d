package io.reseal.cli.installation;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.cli.arguments.PasswordFile;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the catalog's tables or brings them up to date, as a user that may. */
@Command(
    name = "upgrade",
    description = {
      "Make the catalog's tables, or bring them up to date with this version of Reseal.",
      "Needed only if workers run as a user that cannot change tables ('reseal catalog grants')."
          + " The user that can is given by --user and --password-file, or by RESEAL_CATALOG_USER"
          + " and RESEAL_CATALOG_PASSWORD."
    })
public final class CatalogUpgradeCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "The user that may change tables; default: the installation's.")
  private String user;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "A file with its password; default: the installation's password.")
  private Path passwordFile;

  public CatalogUpgradeCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    CatalogSettings settings = settings(CatalogSettings.of(shell.installation()));
    Catalog.open(settings).close();
    shell.line("The catalog at %s is up to date.".formatted(settings.shownUrl()));
    return ExitStatus.DONE;
  }

  private CatalogSettings settings(CatalogSettings installed) {
    return new CatalogSettings(
        installed.url(),
        user == null ? installed.user() : user,
        passwordFile == null ? installed.password() : PasswordFile.read(passwordFile));
  }
}
