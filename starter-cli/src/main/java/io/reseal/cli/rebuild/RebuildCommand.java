package io.reseal.cli.rebuild;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.arguments.SectorList;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.arguments.WorkerFileMixin;
import io.reseal.cli.batch.BatchStart;
import io.reseal.cli.batch.BatchWatch;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Requester;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.core.CoreException;
import io.reseal.intake.Intake;
import io.reseal.problem.RefusedException;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Starts the rebuild of one sector, or of many as a batch. */
@Command(
    name = "rebuild",
    description = {
      "Rebuild lost sectors.",
      "Several sectors, or those of a --file, become a batch, which rebuilds a number of them at a"
          + " time, in the order given."
    })
public final class RebuildCommand implements Callable<Integer> {

  private static final DateTimeFormatter MADE_NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /** Well below the number of children that one workflow may have open. */
  private static final int MOST_PARALLEL = 1_000;

  private static final int SHOWN = 10;

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MINER",
      description = SectorArguments.MINER)
  private SectorArguments.Miner miner;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "NUMBER",
      description = "Sector numbers and ranges, e.g. 123 or 100-120.")
  // As text: picocli would report the first one that is not a number as an unmatched argument.
  private List<String> numbers = List.of();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description =
          "Sectors, one per line: 123, 100-120, 1001 123, f01001/123 or s-t01001-123; # starts a"
              + " comment.")
  private Path file;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The batch's name; default: the date and time.")
  private String name;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description =
          "How many rebuilds of the batch run or wait for a thread at a time; default: 64.")
  private Integer parallel;

  @Option(names = "--host", paramLabel = "NAME", description = "Only this sealing host may do it.")
  private String host;

  @Option(names = "--prove", description = "Also make a seal proof.")
  private boolean prove;

  @Option(
      names = "--force",
      description = "Rebuild even if a store has the sector in place and provable.")
  private boolean force;

  @Option(
      names = "--dry-run",
      description =
          "Only say what would be made, from what the stores of this host have (-c names its file);"
              + " start and change nothing.")
  private boolean dryRun;

  @Mixin private WorkerFileMixin worker;

  @Option(
      names = "--urgent",
      description =
          "Go before other rebuilds: take the next free sealing thread, and label on a core of its"
              + " own.")
  private boolean urgent;

  @Option(
      names = "--wait",
      description = "Show progress until every rebuild has ended or waits for you.")
  private boolean wait;

  public RebuildCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws CoreException, IOException, InterruptedException {
    SectorList list = list();
    List<SectorId> sectors = list.sectors();
    boolean single = sectors.size() == 1 && file == null && name == null && parallel == null;
    BatchRecord batch = single ? null : batch(sectors.size());
    try (Services services = shell.services()) {
      refuseUnknown(services.catalog(), sectors);
      if (prove) {
        refuseNonInteractive(services.catalog(), sectors);
      }
      if (!list.doubled().isEmpty()) {
        shell.say(
            "Named more than once, but rebuilt only once: %s.".formatted(some(list.doubled())));
      }
      if (dryRun) {
        new DryRun(shell, worker.require(shell, "the stores"), force, prove)
            .show(services.catalog(), sectors);
        return ExitStatus.DONE;
      }
      if (single) {
        return rebuild(services, sectors.get(0));
      }
      new BatchStart(shell, services).ask(batch, sectors);
      return wait ? new BatchWatch(shell, services).untilEnd(batch.name()) : ExitStatus.DONE;
    }
  }

  private int rebuild(Services services, SectorId id) throws InterruptedException {
    SectorRecord sector = SectorLookup.require(services.catalog(), id);
    new Intake(services.catalog().findings())
        .disproof(id)
        .ifPresent(
            why -> {
              throw new RefusedException(why + " Nothing was started.");
            });
    RebuildStart start = new RebuildStart(shell, services);
    boolean started = start.start(sector, prove, force, host, urgent);
    if (wait) {
      return new RebuildWatch(shell, services).untilEnd(Set.of(id));
    }
    if (started) {
      start.tellIfNothingIsLost(sector);
    }
    return ExitStatus.DONE;
  }

  private SectorList list() {
    SectorList list = new SectorList();
    if (numbers.isEmpty() && file == null) {
      throw usage("Give the MINER and its sectors' NUMBERs, or a --file.");
    }
    try {
      numbers.forEach(number -> list.add(miner.number(), number));
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
    if (file != null) {
      list.addFile(file, miner == null ? null : miner.number());
    }
    if (list.sectors().isEmpty()) {
      throw new RefusedException("%s contains no sector.".formatted(file));
    }
    return list;
  }

  private BatchRecord batch(int sectors) {
    if (parallel != null && (parallel < 1 || parallel > MOST_PARALLEL)) {
      throw usage("--parallel must be a number from 1 to %d.".formatted(MOST_PARALLEL));
    }
    try {
      return BatchRecord.asked(
          name == null ? LocalDateTime.now(ZoneId.systemDefault()).format(MADE_NAME) : name,
          sectors,
          parallel == null ? BatchRecord.USUAL_PARALLEL : parallel,
          host,
          prove,
          force,
          urgent,
          Requester.name(shell.environment()));
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  private void refuseUnknown(Catalog catalog, List<SectorId> sectors) {
    List<SectorId> unknown = catalog.batches().unknown(sectors);
    if (unknown.size() == 1) {
      SectorLookup.require(catalog, unknown.get(0));
    } else if (!unknown.isEmpty()) {
      throw new RefusedException(
          ("The catalog has no record of %d sectors (%s). Nothing was started; import them first"
                  + " (reseal import --help). `reseal sectors facts MINER NUMBER` shows what is"
                  + " known of one.")
              .formatted(unknown.size(), some(unknown)));
    }
    if (host != null && catalog.threads().ofHost(host).isEmpty()) {
      throw new RefusedException(
          "No sealing host named %s has reported; known hosts: %s."
              .formatted(
                  host,
                  catalog.threads().all().stream()
                      .map(ThreadRow::host)
                      .distinct()
                      .collect(Collectors.joining(", "))));
    }
  }

  private static void refuseNonInteractive(Catalog catalog, List<SectorId> sectors) {
    List<SectorId> withoutSeed =
        sectors.stream()
            .filter(sector -> !SectorLookup.require(catalog, sector).proof().hasPreCommit())
            .toList();
    if (!withoutSeed.isEmpty()) {
      throw new RefusedException(
          "A non-interactive sector has no pre-commit and no seed, so --prove does not apply to it: %s. Nothing was started; leave out --prove."
              .formatted(some(withoutSeed)));
    }
  }

  private static String some(List<SectorId> sectors) {
    String shown =
        sectors.stream().limit(SHOWN).map(SectorId::toString).collect(Collectors.joining(", "));
    return sectors.size() <= SHOWN
        ? shown
        : "%s and %d more".formatted(shown, sectors.size() - SHOWN);
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
