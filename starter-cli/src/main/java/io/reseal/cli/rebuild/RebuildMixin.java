package io.reseal.cli.rebuild;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.arguments.SectorList;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.batch.BatchStart;
import io.reseal.cli.batch.BatchWatch;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.intake.Intake;
import io.reseal.plan.UnsealedWish;
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
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * What commands that start rebuilds have in common: for which sectors, and how they are started.
 */
final class RebuildMixin {

  private static final DateTimeFormatter MADE_NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  private static final int SHOWN = 10;

  private static final int MOST_CANDIDATES = 16;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

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

  /**
   * What the rebuilds do.
   *
   * @param prove whether they make a seal proof too
   * @param force whether they seal even what is not lost
   * @param unsealed what they do about the unsealed copy, or null
   * @param candidates how many inputs are tried, or null for the recorded ones alone
   */
  record Kind(boolean prove, boolean force, UnsealedWish unsealed, Integer candidates) {}

  /** Refuses a number of inputs that leaves nothing to try besides the recorded ones. */
  static void refuseTooFew(Integer candidates) {
    if (candidates != null && (candidates < 2 || candidates > MOST_CANDIDATES)) {
      throw new RefusedException(
          "--candidates must be a number from 2 to %d: the recorded inputs are one of them."
              .formatted(MOST_CANDIDATES));
    }
  }

  /** The sectors that the command names, all of which the catalog knows. */
  SectorList known(Shell shell, Services services, SectorList list) {
    refuseUnknown(services.catalog(), list.sectors());
    if (!list.doubled().isEmpty()) {
      shell.say("Named more than once, but rebuilt only once: %s.".formatted(some(list.doubled())));
    }
    return list;
  }

  /** Starts a rebuild of each sector: of one alone, or of many as a batch. */
  int start(Shell shell, Services services, List<SectorId> sectors, Kind kind)
      throws InterruptedException {
    if (isSingle(sectors)) {
      return startOne(shell, services, sectors.get(0), kind);
    }
    if (kind.candidates() != null) {
      throw new RefusedException(
          "--candidates applies to one sector. Start the batch without it, then resume those that"
              + " park with Sector.CommRMismatch with --candidates. Nothing was started.");
    }
    BatchRecord batch = batch(shell, sectors.size(), kind);
    new BatchStart(shell, services).ask(batch, sectors);
    return wait ? new BatchWatch(shell, services).untilEnd(batch.name()) : ExitStatus.DONE;
  }

  private boolean isSingle(List<SectorId> sectors) {
    return sectors.size() == 1 && file == null && name == null && parallel == null;
  }

  private int startOne(Shell shell, Services services, SectorId id, Kind kind)
      throws InterruptedException {
    SectorRecord sector = SectorLookup.require(services.catalog(), id);
    new Intake(services.catalog().findings())
        .disproof(id)
        .ifPresent(
            why -> {
              throw new RefusedException(why + " Nothing was started.");
            });
    RebuildStart start = new RebuildStart(shell, services);
    boolean started = start.start(sector, kind, host, urgent);
    if (wait) {
      return new RebuildWatch(shell, services).untilEnd(Set.of(id));
    }
    if (started) {
      start.tellIfNothingIsLost(sector, kind);
    }
    return ExitStatus.DONE;
  }

  /** The sectors that the command names, each once; fails if it could not start a batch of them. */
  SectorList list(Shell shell, Kind kind) throws IOException {
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
    if (!isSingle(list.sectors())) {
      batch(shell, list.sectors().size(), kind);
    }
    return list;
  }

  private BatchRecord batch(Shell shell, int sectors, Kind kind) {
    if (name == null) {
      name = LocalDateTime.now(ZoneId.systemDefault()).format(MADE_NAME);
    }
    try {
      return BatchRecord.asked(
          name,
          sectors,
          parallel == null ? BatchRecord.USUAL_PARALLEL : parallel,
          host,
          kind.prove(),
          kind.force(),
          urgent,
          kind.unsealed(),
          shell.requester());
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

  /** Some sectors, for a sentence. */
  static String some(List<SectorId> sectors) {
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
