package io.reseal.cli.host;

import io.reseal.catalog.StoreRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.WatchableOutput;
import io.reseal.config.WorkerConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists a host's sealing threads, one line each. */
@Command(
    name = "list",
    description = "List this host's sealing threads, and its stores that are not used.")
public final class WorkerListCommand implements Callable<Integer> {

  private final Shell shell;
  private final WorkerCommand worker;

  @Mixin private WatchableOutput output;

  public WorkerListCommand(Shell shell, WorkerCommand worker) {
    this.shell = shell;
    this.worker = worker;
  }

  @Override
  public Integer call() {
    WorkerConfig config = worker.config();
    try (Services services = shell.services()) {
      List<ThreadRow> threads = services.catalog().threads().ofHost(config.name());
      HostReports reports = new HostReports(shell, Instant.now());
      reports.noteSilence(config.name(), threads);
      reports.noteClock(services.catalog().hosts().named(config.name()));
      List<StoreRow> stores = services.catalog().stores().ofHost(config.name());
      output.print(
          shell.out(), threads, () -> lines(threads, Instant.now()) + StoreLines.faulty(stores));
    }
    return ExitStatus.DONE;
  }

  private static String lines(List<ThreadRow> threads, Instant now) {
    StringBuilder text = new StringBuilder();
    for (ThreadRow thread : threads) {
      text.append(
          "#%d: %s; plan=%s, sector_id=%s, paused=%s, paused_elapsed=%s, state=%s, last_err=%s%n"
              .formatted(
                  thread.index(),
                  quoted(thread.location()),
                  thread.plan(),
                  option(thread.sector() == null ? null : thread.sector().fileName()),
                  thread.paused(),
                  option(elapsed(thread, now).orElse(null)),
                  thread.state(),
                  option(thread.lastErr() == null ? null : quoted(thread.lastErr()))));
    }
    return text + LabellingGroups.lines(threads);
  }

  static Optional<String> elapsed(ThreadRow thread, Instant now) {
    return Optional.ofNullable(thread.pausedSince())
        .map(since -> Spans.of(Duration.between(since, now)));
  }

  private static String option(String value) {
    return value == null ? "None" : "Some(" + value + ")";
  }

  private static String quoted(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t")
        + '"';
  }
}
