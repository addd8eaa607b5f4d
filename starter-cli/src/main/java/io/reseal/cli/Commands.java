package io.reseal.cli;

import io.reseal.cli.batch.BatchListCommand;
import io.reseal.cli.batch.BatchStateCommand;
import io.reseal.cli.batch.BatchUpdateCommand;
import io.reseal.cli.host.AcceptStoreCommand;
import io.reseal.cli.host.GpuCommand;
import io.reseal.cli.host.GpuListCommand;
import io.reseal.cli.host.GpuResumeCommand;
import io.reseal.cli.host.GpuTestCommand;
import io.reseal.cli.host.ScratchListCommand;
import io.reseal.cli.host.ScratchRemoveCommand;
import io.reseal.cli.host.UtilDrainCommand;
import io.reseal.cli.host.UtilHistoryCommand;
import io.reseal.cli.host.UtilInfoCommand;
import io.reseal.cli.host.UtilListCommand;
import io.reseal.cli.host.UtilPauseCommand;
import io.reseal.cli.host.UtilRemoveCommand;
import io.reseal.cli.host.UtilResumeCommand;
import io.reseal.cli.host.WorkerCommand;
import io.reseal.cli.host.WorkerListCommand;
import io.reseal.cli.host.WorkerPauseCommand;
import io.reseal.cli.host.WorkerResumeCommand;
import io.reseal.cli.host.WorkerRunCommand;
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
import io.reseal.cli.installation.CatalogGrantsCommand;
import io.reseal.cli.installation.CatalogUpgradeCommand;
import io.reseal.cli.installation.DemoCommand;
import io.reseal.cli.installation.DoctorCommand;
import io.reseal.cli.installation.ParamsCheckCommand;
import io.reseal.cli.installation.ParamsGenerateCommand;
import io.reseal.cli.installation.TemporalSetupCommand;
import io.reseal.cli.installation.UpCommand;
import io.reseal.cli.installation.VersionCommand;
import io.reseal.cli.losses.LossRebuildCommand;
import io.reseal.cli.losses.LossScanCommand;
import io.reseal.cli.losses.LossesCommand;
import io.reseal.cli.rebuild.AbortCommand;
import io.reseal.cli.rebuild.ExplainCommand;
import io.reseal.cli.rebuild.MoveRebuildCommand;
import io.reseal.cli.rebuild.PauseRebuildCommand;
import io.reseal.cli.rebuild.RebuildCommand;
import io.reseal.cli.rebuild.RecoverCommand;
import io.reseal.cli.rebuild.ResumeRebuildCommand;
import io.reseal.cli.rebuild.UnsealCommand;
import io.reseal.cli.report.BatchReportCommand;
import io.reseal.cli.scrub.ScrubListCommand;
import io.reseal.cli.scrub.ScrubUpdateCommand;
import io.reseal.cli.sectors.CheckCommand;
import io.reseal.cli.sectors.ExportJsonCommand;
import io.reseal.cli.sectors.ExportRootsCommand;
import io.reseal.cli.sectors.HistoryCommand;
import io.reseal.cli.sectors.ImportJsonCommand;
import io.reseal.cli.sectors.ImportRootsCommand;
import io.reseal.cli.sectors.LearnCommand;
import io.reseal.cli.sectors.ListCommand;
import io.reseal.cli.sectors.ProofCommand;
import io.reseal.cli.sectors.StateCommand;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.support.SupportBundleCommand;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;

/** The tree of all commands of the program. */
final class Commands {

  private static final Set<String> OF_ALL =
      Set.of("-h", "--help", "generate-completion", "gen-manpage");

  private final Shell shell;
  private final Map<String, Supplier<?>> others;
  private final Set<String> words;

  /**
   * Creates no command yet.
   *
   * @param others more commands by their names; one with the name of a command replaces it
   * @param arguments those that the program will be given
   */
  Commands(Shell shell, Map<String, Function<Shell, ?>> others, String... arguments) {
    this.shell = shell;
    this.others =
        others.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, other -> () -> other.getValue().apply(shell)));
    this.words = words(arguments);
  }

  /** Empty if all commands are needed: for help, or if a file (@FILE) has more arguments. */
  private static Set<String> words(String... arguments) {
    boolean all =
        Stream.of(arguments).anyMatch(word -> OF_ALL.contains(word) || word.startsWith("@"));
    return all ? Set.of() : Stream.of(arguments).collect(Collectors.toUnmodifiableSet());
  }

  /** Adds the commands to the program. */
  CommandLine addTo(CommandLine program) {
    return level(program)
        .with("up", () -> new UpCommand(shell))
        .with("worker", this::worker)
        .with("gpu", this::gpu)
        .with("scratch", this::scratch)
        .with("scrub", this::scrub)
        .with("losses", this::losses)
        .with("recover", () -> new RecoverCommand(shell))
        .with("util", this::util)
        .with("sectors", this::sectors)
        .with("rebuild", () -> new RebuildCommand(shell))
        .with("import", this::imports)
        .with("explain", () -> new ExplainCommand(shell))
        .with("batch", this::batch)
        .with("pieces", this::pieces)
        .with("temporal", this::temporal)
        .with("catalog", this::catalog)
        .with("params", this::params)
        .with("doctor", () -> new DoctorCommand(shell))
        .with("support", this::support)
        .with("demo", () -> new DemoCommand(shell))
        .with("version", () -> new VersionCommand(shell))
        .with("bench", BenchCommand::new)
        .with("generate-completion", AutoComplete.GenerateCompletion::new)
        .with(others)
        .made();
  }

  private Level level(CommandLine command) {
    return new Level(command, words);
  }

  private CommandLine worker() {
    WorkerCommand worker = new WorkerCommand(shell);
    return level(new CommandLine(worker))
        .with("run", () -> new WorkerRunCommand(shell, worker))
        .with("list", () -> new WorkerListCommand(shell, worker))
        .with("pause", () -> new WorkerPauseCommand(shell, worker))
        .with("resume", () -> new WorkerResumeCommand(shell, worker))
        .with("accept-store", () -> new AcceptStoreCommand(shell, worker))
        .made();
  }

  private CommandLine gpu() {
    GpuCommand gpu = new GpuCommand(shell);
    return level(new CommandLine(gpu))
        .with("list", () -> new GpuListCommand(shell, gpu))
        .with("test", () -> new GpuTestCommand(shell, gpu))
        .with("resume", () -> new GpuResumeCommand(shell, gpu))
        .made();
  }

  private CommandLine scratch() {
    return level(Group.of("List and remove sectors' files in the scratch of sealing threads."))
        .with("list", () -> new ScratchListCommand(shell))
        .with("remove", () -> new ScratchRemoveCommand(shell))
        .made();
  }

  private CommandLine scrub() {
    return level(Group.of("List and control the checks of stored copies that begin by themselves."))
        .with("list", () -> new ScrubListCommand(shell))
        .with("start", () -> update(ScrubUpdateCommand.Kind.START, "Begin a tour of a store now."))
        .with(
            "pause",
            () ->
                update(
                    ScrubUpdateCommand.Kind.PAUSE,
                    "Begin no more tours of a store, and end the running one."))
        .with(
            "resume",
            () ->
                update(
                    ScrubUpdateCommand.Kind.RESUME,
                    "Begin tours of a store again, the first one now."))
        .made();
  }

  private CommandLine losses() {
    return level(new CommandLine(new LossesCommand(shell)))
        .with("scan", () -> new LossScanCommand(shell))
        .with("rebuild", () -> new LossRebuildCommand(shell))
        .made();
  }

  private CommandLine update(ScrubUpdateCommand.Kind kind, String description) {
    CommandLine command = new CommandLine(new ScrubUpdateCommand(shell, kind));
    command.getCommandSpec().usageMessage().description(description);
    return command;
  }

  private CommandLine support() {
    return level(Group.of("Help others to help."))
        .with("bundle", () -> new SupportBundleCommand(shell))
        .made();
  }

  private CommandLine util() {
    return level(Group.of("The same commands by the names that damocles' runbooks use."))
        .with("worker", this::workers)
        .with(
            "sealer",
            () -> level(Group.of("Commands for sectors.")).with("sectors", this::sectors).made())
        .made();
  }

  private CommandLine workers() {
    return level(Group.of("List and control sealing hosts and their threads."))
        .with("list", () -> new UtilListCommand(shell))
        .with("info", () -> new UtilInfoCommand(shell))
        .with("pause", () -> new UtilPauseCommand(shell))
        .with("resume", () -> new UtilResumeCommand(shell))
        .with("drain", () -> new UtilDrainCommand(shell))
        .with("remove", () -> new UtilRemoveCommand(shell))
        .with("history", () -> new UtilHistoryCommand(shell))
        .made();
  }

  private CommandLine sectors() {
    return level(Group.of("Rebuild sectors, watch rebuilds, manage the sectors' records."))
        .with("rebuild", () -> new RebuildCommand(shell))
        .with("unseal", () -> new UnsealCommand(shell))
        .with("list", () -> new ListCommand(shell))
        .with("state", this::state)
        .with("add", () -> new AddCommand(shell))
        .with("facts", () -> new FactsCommand(shell))
        .with("decide", () -> new DecideCommand(shell))
        .with("pieces", this::pieces)
        .with("check", () -> new CheckCommand(shell))
        .with("learn", () -> new LearnCommand(shell))
        .with("export-roots", () -> new ExportRootsCommand(shell))
        .with("import-roots", () -> new ImportRootsCommand(shell))
        .with("proof", () -> new ProofCommand(shell))
        .with("history", () -> new HistoryCommand(shell))
        .with("pause", () -> new PauseRebuildCommand(shell))
        .with("resume", () -> new ResumeRebuildCommand(shell))
        .with("move", () -> new MoveRebuildCommand(shell))
        .with("abort", () -> new AbortCommand(shell))
        .made();
  }

  private CommandLine state() {
    return level(new CommandLine(new StateCommand(shell)))
        .with("import-json", () -> new ImportJsonCommand(shell))
        .with("export-json", () -> new ExportJsonCommand(shell))
        .made();
  }

  private CommandLine pieces() {
    return level(Group.of("Check the data of sectors' pieces."))
        .with("check", () -> new PiecesCheckCommand(shell))
        .made();
  }

  private CommandLine imports() {
    return level(Group.of("Import what other systems know about sectors into the catalog."))
        .with("damocles", () -> new ImportDamoclesCommand(shell))
        .with("chain", () -> new ImportChainCommand(shell))
        .with("scrub", this::scrub)
        .with("recover", () -> new ImportRecoverCommand(shell))
        .with("lotus", () -> new ImportLotusCommand(shell))
        .with("curio", () -> new ImportCurioCommand(shell))
        .made();
  }

  private CommandLine params() {
    return level(Group.of("Check or generate the Groth16 parameters that seal proofs need."))
        .with("check", () -> new ParamsCheckCommand(shell))
        .with("generate", () -> new ParamsGenerateCommand(shell))
        .made();
  }

  private CommandLine batch() {
    return level(Group.of("List, watch and control batches of rebuilds."))
        .with("list", () -> new BatchListCommand(shell))
        .with("state", () -> new BatchStateCommand(shell))
        .with(
            "pause",
            () -> update("pause", "Start no new rebuilds; those that were started continue."))
        .with(
            "resume",
            () ->
                update(
                    "resume",
                    "Start new rebuilds again, even if the batch was ended before all were done."))
        .with(
            "cancel", () -> update("cancel", "End the batch; rebuilds that were started continue."))
        .with(
            "retry-parked", () -> update("retryParked", "Retry every parked rebuild of the batch."))
        .with("report", () -> new BatchReportCommand(shell))
        .made();
  }

  private CommandLine update(String update, String description) {
    CommandLine command = new CommandLine(new BatchUpdateCommand(shell, update));
    command.getCommandSpec().usageMessage().description(description);
    return command;
  }

  private CommandLine temporal() {
    return level(Group.of("Prepare Temporal servers."))
        .with("setup", () -> new TemporalSetupCommand(shell))
        .made();
  }

  private CommandLine catalog() {
    return level(Group.of("Prepare the catalog's database and its users."))
        .with("grants", () -> new CatalogGrantsCommand(shell))
        .with("upgrade", () -> new CatalogUpgradeCommand(shell))
        .made();
  }
}
