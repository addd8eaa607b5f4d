package io.reseal.cli.scrub;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.temporal.api.enums.v1.ScheduleOverlapPolicy;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts, pauses or resumes the scheduled checks of a store. */
@Command
public final class ScrubUpdateCommand implements Callable<Integer> {

  /** What is done. */
  public enum Kind {
    START,
    PAUSE,
    RESUME
  }

  private final Shell shell;
  private final Kind kind;

  @Parameters(index = "0", paramLabel = "STORE", description = "The store's name.")
  private String store;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "The host that has it, if several hosts have a store of that name.")
  private String host;

  public ScrubUpdateCommand(Shell shell, Kind kind) {
    this.shell = shell;
    this.kind = kind;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      Tours tours = new Tours(services);
      Tours.Scheduled scheduled = tours.require(store, Optional.ofNullable(host));
      String by = shell.requester();
      switch (kind) {
        case START -> start(scheduled);
        case PAUSE -> {
          scheduled.handle().pause("paused by " + by);
          tours.end(scheduled);
          shell.line(
              "The checks of store \"%s\" are paused; what was checked is in the catalog."
                  .formatted(store));
        }
        case RESUME -> {
          scheduled.handle().unpause("resumed by " + by);
          start(scheduled);
        }
      }
    }
    return ExitStatus.DONE;
  }

  private void start(Tours.Scheduled scheduled) {
    if (scheduled.isRunning()) {
      shell.line("A tour of store \"%s\" is running already.".formatted(store));
      return;
    }
    scheduled.handle().trigger(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP);
    shell.line("A tour of store \"%s\" begins.".formatted(store));
  }
}
