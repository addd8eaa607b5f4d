package io.reseal.cli.inputs;

import io.reseal.cli.arguments.PasswordFile;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.arguments.SectorList;
import io.reseal.cli.shell.Shell;
import io.reseal.exchange.CurioDatabase;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Imports sectors from Curio's database. */
@Command(
    name = "curio",
    description = {
      "Import sectors from Curio's database. Reseal only reads it.",
      "Without options, the database is taken from the variables that Curio uses: CURIO_DB_HOST,"
          + " CURIO_DB_PORT, CURIO_DB_NAME, CURIO_DB_USER, CURIO_DB_PASSWORD."
    })
public final class ImportCurioCommand implements Callable<Integer> {

  private static final int STANDARD_PORT = 5433;

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MINER", description = SectorArguments.MINER)
  private SectorArguments.Miner miner;

  @Parameters(
      index = "1..*",
      paramLabel = "NUMBER",
      description = "Sector numbers and ranges, e.g. 123 or 100-120; default: all of the miner's.")
  private List<String> numbers = new ArrayList<>();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The database's host, or several of a cluster, separated by commas.")
  private String host;

  @Option(names = "--port", paramLabel = "PORT", description = "Its port; default: 5433.")
  private Integer port;

  @Option(names = "--database", paramLabel = "NAME", description = "Default: yugabyte.")
  private String database;

  @Option(
      names = "--schema",
      paramLabel = "NAME",
      defaultValue = "curio",
      description = "Default: ${DEFAULT-VALUE}.")
  private String schema;

  @Option(names = "--user", paramLabel = "NAME", description = "Default: yugabyte.")
  private String user;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "A file with the password, if CURIO_DB_PASSWORD is not set.")
  private Path passwordFile;

  @Mixin private ImportMixin intake;

  public ImportCurioCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    CurioDatabase curio = new CurioDatabase(address());
    return intake.take(shell, curio.read(miner.number(), wanted()));
  }

  private List<Long> wanted() {
    return SectorList.named(spec, miner.number(), numbers).stream().map(SectorId::number).toList();
  }

  private CurioDatabase.Address address() {
    Map<String, String> environment = shell.environment();
    return CurioDatabase.Address.of(
        host == null ? environment.getOrDefault("CURIO_DB_HOST", "127.0.0.1") : host,
        port == null ? environmentPort(environment) : port,
        database == null ? environment.getOrDefault("CURIO_DB_NAME", "yugabyte") : database,
        schema,
        user == null ? environment.getOrDefault("CURIO_DB_USER", "yugabyte") : user,
        passwordFile == null
            ? environment.getOrDefault("CURIO_DB_PASSWORD", "")
            : PasswordFile.read(passwordFile));
  }

  private static int environmentPort(Map<String, String> environment) {
    String text = environment.get("CURIO_DB_PORT");
    try {
      return text == null ? STANDARD_PORT : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new RefusedException(
          "CURIO_DB_PORT is '%s', which is not a port number.".formatted(text));
    }
  }
}
