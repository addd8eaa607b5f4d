package io.reseal.cli.sectors;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CopyRow;
import io.reseal.catalog.RebuildLine;
import io.reseal.catalog.RunFilter;
import io.reseal.catalog.SectorLine;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Listing;
import io.reseal.cli.show.RunText;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.WatchableOutput;
import io.reseal.contract.RunRecord;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists rebuilds, or the sectors that the catalog knows. */
@Command(
    name = "list",
    description = {
      "List rebuilds or sectors.",
      "Lists the sectors in the catalog; with --rebuild, or an option that applies only to"
          + " rebuilds, the rebuilds in progress; with --offline too, the rebuilds that have ended;"
          + " with --damaged, the sectors of which a copy is damaged or lost.",
      "Exit status 1 if --damaged lists any."
    })
public final class ListCommand implements Callable<Integer> {

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Option(names = "--rebuild", description = "List rebuilds.")
  private boolean rebuild;

  @Option(
      names = "--sealing",
      arity = "0..1",
      paramLabel = "BOOL",
      fallbackValue = "true",
      description = "List the sectors. Has no effect with --rebuild, where runbooks give it too.")
  private Boolean sealing;

  @Option(names = "--offline", description = "With --rebuild: those that have ended.")
  private boolean offline;

  @Option(names = "--miner", paramLabel = "MINER", description = "Only sectors of this miner.")
  private SectorArguments.Miner miner;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Only rebuilds that last held a sealing thread of this host.")
  private String host;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only rebuilds in this state, e.g. PC1Done.")
  private RebuildState state;

  @Option(names = "--batch", paramLabel = "NAME", description = "Only rebuilds of this batch.")
  private String batch;

  @Option(names = "--attention", description = "Only rebuilds that wait for you.")
  private boolean attention;

  @Option(
      names = "--damaged",
      description = "List the sectors of which a check found a copy damaged or lost.")
  private boolean damaged;

  @Mixin private WatchableOutput output;

  /**
   * A sector with copies that are damaged or lost.
   *
   * @param copies these copies, on all hosts
   */
  record DamagedSector(SectorId sector, List<CopyRow> copies) {}

  public ListCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    refuseContradictions();
    try (Services services = shell.services()) {
      if (damaged) {
        return damaged(services.catalog()) == 0 ? ExitStatus.DONE : ExitStatus.FAILED;
      }
      if (rebuild || picksRebuilds()) {
        rebuilds(services.catalog());
      } else {
        sectors(services.catalog());
      }
    }
    return ExitStatus.DONE;
  }

  private void refuseContradictions() {
    if (!rebuild && sealing != null) {
      if (!sealing) {
        refuse("Nothing would be listed: add --rebuild, or leave out --sealing=false.");
      }
      if (picksRebuilds()) {
        refuse("--host, --state, --batch and --attention pick rebuilds: leave out --sealing.");
      }
    }
    if (damaged && (rebuild || offline || sealing != null || picksRebuilds())) {
      refuse("--damaged lists sectors, of one miner with --miner: leave out the other options.");
    }
    if (offline && attention) {
      refuse("A rebuild that has ended waits for no one: leave out --offline or --attention.");
    }
    if (offline && state != null && !state.isEnd()) {
      refuse("A rebuild that has ended is never %s: leave out --offline.".formatted(state));
    }
    if (!offline && state != null && state.isEnd()) {
      refuse("A rebuild in progress is never %s: add --offline.".formatted(state));
    }
  }

  private void refuse(String sentence) {
    throw new ParameterException(spec.commandLine(), sentence);
  }

  private boolean picksRebuilds() {
    return host != null || state != null || batch != null || attention;
  }

  private void rebuilds(Catalog catalog) {
    RunFilter filter =
        new RunFilter(
            miner == null ? null : miner.number(), host, state, batch, attention ? true : null);
    this.<RebuildLine>print(
        taker -> {
          if (offline) {
            catalog.runs().eachEnded(filter, taker);
          } else {
            catalog.runs().eachUnfinished(filter, taker);
          }
        },
        ListCommand::rebuild);
  }

  private long damaged(Catalog catalog) {
    Optional<Long> of = Optional.ofNullable(miner).map(SectorArguments.Miner::number);
    Map<SectorId, List<CopyRow>> bySector =
        catalog.copies().damaged(of).stream()
            .collect(
                Collectors.groupingBy(CopyRow::sector, LinkedHashMap::new, Collectors.toList()));
    return this.<DamagedSector>print(
        taker ->
            bySector.forEach((sector, copies) -> taker.accept(new DamagedSector(sector, copies))),
        ListCommand::damaged);
  }

  private void sectors(Catalog catalog) {
    Optional<Long> of = Optional.ofNullable(miner).map(SectorArguments.Miner::number);
    this.<SectorLine>print(taker -> catalog.sectors().each(of, taker), ListCommand::sector);
  }

  private <T> long print(Consumer<Consumer<T>> elements, Function<T, String> text) {
    if (!output.isJson()) {
      shell.out().println("Sectors:");
    }
    long count = output.printEach(shell.out(), elements, text);
    if (!output.isJson()) {
      shell.line("Count: " + count);
    }
    return count;
  }

  private static String rebuild(RebuildLine line) {
    RunRecord run = line.run();
    Listing listing = new Listing();
    listing.line(0, run.sector().fileName() + "(rebuild):");
    listing.value("Worker", RunText.thread(run));
    listing.value("State", run.state());
    listing.valueIfAny("Progress", line.progress());
    listing.valueIfAny("Queue", RunText.place(line.place(), line.waiting()));
    listing.valueIfAny("Batch", run.batch());
    listing.value("Started", Spans.time(run.startedAt()));
    if (run.endedAt() != null) {
      listing.value("Ended", Spans.time(run.endedAt()));
      listing.value("Duration", Spans.of(Duration.ofMillis(run.endedAt() - run.startedAt())));
      listing.valueIfAny("On chain", line.onChain());
    }
    listing.value("Attempts", run.attempts());
    listing.value("LastErr", run.lastError());
    listing.valueIfAny("Paused", run.paused());
    listing.valueIfAny("Waits for you", run.attention());
    listing.line(0, "");
    return listing.toString();
  }

  private static String damaged(DamagedSector sector) {
    Listing listing = new Listing();
    listing.line(0, sector.sector().fileName() + ":");
    for (CopyRow copy : sector.copies()) {
      listing.value(
          "%s in store \"%s\" of %s".formatted(copy.replica(), copy.store(), copy.host()),
          "%s since %s, checked by %s"
              .formatted(
                  copy.lost() ? "lost" : "damaged",
                  Spans.time(copy.damagedSince()),
                  copy.seenBy()));
      listing.value("Why", copy.damage());
    }
    listing.line(0, "");
    return listing.toString();
  }

  private static String sector(SectorLine sector) {
    Listing listing = new Listing();
    listing.line(0, sector.id().fileName() + ":");
    listing.value("Proof", sector.proof());
    listing.value("Pieces", sector.pieces());
    listing.value("CommR", sector.commR());
    listing.value("Rebuild", sector.rebuild());
    listing.valueIfAny("On chain", sector.onChain());
    listing.line(0, "");
    return listing.toString();
  }
}
