package io.reseal.cli;

import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.batch.BatchListCommand;
import io.reseal.cli.batch.BatchReportCommand;
import io.reseal.cli.batch.BatchStateCommand;
import io.reseal.cli.batch.BatchUpdateCommand;
import io.reseal.cli.inputs.AddCommand;
import io.reseal.cli.inputs.DecideCommand;
import io.reseal.cli.inputs.FactsCommand;
import io.reseal.cli.inputs.ImportChainCommand;
import io.reseal.cli.inputs.ImportCurioCommand;
import io.reseal.cli.inputs.ImportDamoclesCommand;
import io.reseal.cli.inputs.ImportLotusCommand;
import io.reseal.cli.inputs.ImportRecoverCommand;
import io.reseal.cli.inputs.PiecesCheckCommand;
import io.reseal.cli.installation.BenchCommand;
import io.reseal.cli.installation.DemoCommand;
import io.reseal.cli.installation.DoctorCommand;
import io.reseal.cli.installation.ParamsCheckCommand;
import io.reseal.cli.installation.ParamsGenerateCommand;
import io.reseal.cli.installation.TemporalSetupCommand;
import io.reseal.cli.installation.UpCommand;
import io.reseal.cli.rebuild.AbortCommand;
import io.reseal.cli.rebuild.ExplainCommand;
import io.reseal.cli.rebuild.MoveCommand;
import io.reseal.cli.rebuild.PauseCommand;
import io.reseal.cli.rebuild.RebuildCommand;
import io.reseal.cli.rebuild.ResumeCommand;
import io.reseal.cli.sectors.ExportJsonCommand;
import io.reseal.cli.sectors.HistoryCommand;
import io.reseal.cli.sectors.ImportJsonCommand;
import io.reseal.cli.sectors.ListCommand;
import io.reseal.cli.sectors.ProofCommand;
import io.reseal.cli.sectors.StateCommand;
import io.reseal.cli.shell.GlobalOptions;
import io.reseal.cli.shell.Logs;
import io.reseal.cli.shell.Problems;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.shell.Surroundings;
import io.reseal.cli.worker.UtilDrainCommand;
import io.reseal.cli.worker.UtilHistoryCommand;
import io.reseal.cli.worker.UtilListCommand;
import io.reseal.cli.worker.UtilPauseCommand;
import io.reseal.cli.worker.UtilRemoveCommand;
import io.reseal.cli.worker.UtilResumeCommand;
import io.reseal.cli.worker.WorkerCommand;
import io.reseal.cli.worker.WorkerInfoCommand;
import io.reseal.cli.worker.WorkerListCommand;
import io.reseal.cli.worker.WorkerPauseCommand;
import io.reseal.cli.worker.WorkerResumeCommand;
import io.reseal.cli.worker.WorkerRunCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code reseal} program. */
@Command(
    name = "reseal",
    description = "Brings lost Filecoin sectors back.",
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
      "4:refused; what was refused changed nothing"
    })
public final class Reseal {

  private Reseal() {}

  /** The program's version. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      String version = Reseal.class.getPackage().getImplementationVersion();
      return new String[] {"reseal " + (version == null ? "(not packaged)" : version)};
    }
  }

  public static void main(String[] arguments) {
    Surroundings surroundings =
        new Surroundings(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            System.getenv(),
            new ConsoleScreen());
    System.exit(commandLine(surroundings).execute(arguments));
  }

  /** The whole program with all its commands, for one execution. */
  public static CommandLine commandLine(Surroundings surroundings) {
    GlobalOptions options = new GlobalOptions();
    Shell shell = new Shell(surroundings, options);
    CommandLine program =
        new CommandLine(new Reseal())
            .addMixin("global", options)
            .addSubcommand("up", new UpCommand(shell))
            .addSubcommand("worker", worker(shell))
            .addSubcommand("util", util(shell))
            .addSubcommand("sectors", sectors(shell))
            .addSubcommand("rebuild", new RebuildCommand(shell))
            .addSubcommand("import", imports(shell))
            .addSubcommand("explain", new ExplainCommand(shell))
            .addSubcommand("batch", batch(shell))
            .addSubcommand("pieces", pieces(shell))
            .addSubcommand("temporal", temporal(shell))
            .addSubcommand("params", params(shell))
            .addSubcommand("doctor", new DoctorCommand(shell))
            .addSubcommand("demo", new DemoCommand(shell, Reseal::commandLine))
            .addSubcommand("bench", new BenchCommand(shell, Reseal::commandLine))
            .addSubcommand(new AutoComplete.GenerateCompletion());
    Problems problems = new Problems(shell);
    Watching watching = new Watching(shell, problems);
    SectorArguments.register(program);
    return program
        .setOut(surroundings.out())
        .setErr(surroundings.err())
        .setExecutionStrategy(
            parsed -> {
              Logs.ofCommand(shell.debug());
              return watching.execute(parsed);
            })
        .setExecutionExceptionHandler(problems)
        .setParameterExceptionHandler(problems);
  }

  private static CommandLine worker(Shell shell) {
    WorkerCommand worker = new WorkerCommand(shell);
    return new CommandLine(worker)
        .addSubcommand("run", new WorkerRunCommand(shell, worker))
        .addSubcommand("list", new WorkerListCommand(shell, worker))
        .addSubcommand("pause", new WorkerPauseCommand(shell, worker))
        .addSubcommand("resume", new WorkerResumeCommand(shell, worker));
  }

  private static CommandLine util(Shell shell) {
    return Group.of("The commands of the runbooks.")
        .addSubcommand(
            "worker",
            Group.of("Sealing hosts and their threads.")
                .addSubcommand("list", new UtilListCommand(shell))
                .addSubcommand("info", new WorkerInfoCommand(shell))
                .addSubcommand("pause", new UtilPauseCommand(shell))
                .addSubcommand("resume", new UtilResumeCommand(shell))
                .addSubcommand("drain", new UtilDrainCommand(shell))
                .addSubcommand("remove", new UtilRemoveCommand(shell))
                .addSubcommand("history", new UtilHistoryCommand(shell)))
        .addSubcommand("sealer", Group.of("Sectors.").addSubcommand("sectors", sectors(shell)));
  }

  private static CommandLine sectors(Shell shell) {
    return Group.of("Rebuild sectors, follow rebuilds, keep the sectors' records.")
        .addSubcommand("rebuild", new RebuildCommand(shell))
        .addSubcommand("list", new ListCommand(shell))
        .addSubcommand("state", state(shell))
        .addSubcommand("add", new AddCommand(shell))
        .addSubcommand("facts", new FactsCommand(shell))
        .addSubcommand("decide", new DecideCommand(shell))
        .addSubcommand("pieces", pieces(shell))
        .addSubcommand("proof", new ProofCommand(shell))
        .addSubcommand("history", new HistoryCommand(shell))
        .addSubcommand("pause", new PauseCommand(shell))
        .addSubcommand("resume", new ResumeCommand(shell))
        .addSubcommand("move", new MoveCommand(shell))
        .addSubcommand("abort", new AbortCommand(shell));
  }

  private static CommandLine imports(Shell shell) {
    return Group.of("Take what other systems know of sectors into the catalog.")
        .addSubcommand("damocles", new ImportDamoclesCommand(shell))
        .addSubcommand("chain", new ImportChainCommand(shell))
        .addSubcommand("recover", new ImportRecoverCommand(shell))
        .addSubcommand("lotus", new ImportLotusCommand(shell))
        .addSubcommand("curio", new ImportCurioCommand(shell));
  }

  private static CommandLine state(Shell shell) {
    return new CommandLine(new StateCommand(shell))
        .addSubcommand("import-json", new ImportJsonCommand(shell))
        .addSubcommand("export-json", new ExportJsonCommand(shell));
  }

  private static CommandLine pieces(Shell shell) {
    return Group.of("The data of sectors' pieces.")
        .addSubcommand("check", new PiecesCheckCommand(shell));
  }

  private static CommandLine params(Shell shell) {
    return Group.of("The Groth16 parameters that seal proofs need.")
        .addSubcommand("check", new ParamsCheckCommand(shell))
        .addSubcommand("generate", new ParamsGenerateCommand(shell));
  }

  private static CommandLine batch(Shell shell) {
    return Group.of("Batches of rebuilds: see them, steer them, report on them.")
        .addSubcommand("list", new BatchListCommand(shell))
        .addSubcommand("state", new BatchStateCommand(shell))
        .addSubcommand(
            "pause", update(shell, "pause", "Start no new rebuilds; those on their way go on."))
        .addSubcommand(
            "resume",
            update(
                shell,
                "resume",
                "Start new rebuilds again; also of a batch that was ended before all was done."))
        .addSubcommand(
            "cancel", update(shell, "cancel", "End the batch; rebuilds on their way go on."))
        .addSubcommand(
            "retry-parked", update(shell, "retryParked", "Let every parked rebuild of it go on."))
        .addSubcommand("report", new BatchReportCommand(shell));
  }

  private static CommandLine update(Shell shell, String update, String description) {
    CommandLine command = new CommandLine(new BatchUpdateCommand(shell, update));
    command.getCommandSpec().usageMessage().description(description);
    return command;
  }

  private static CommandLine temporal(Shell shell) {
    return Group.of("Temporal servers.").addSubcommand("setup", new TemporalSetupCommand(shell));
  }
}
