package io.reseal.cli.scrub;

import io.reseal.catalog.StoreRow;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import io.reseal.contract.ScrubCount;
import io.reseal.contract.ScrubProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the scheduled checks of all stores. */
@Command(
    name = "list",
    description =
        "List the scheduled checks of all hosts' stores: how far the running tours are, how the"
            + " last ones ended, and when the next ones begin.")
public final class ScrubListCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private OutputMixin output;

  public ScrubListCommand(Shell shell) {
    this.shell = shell;
  }

  /**
   * The scheduled checks of one store.
   *
   * @param host the host that has it
   * @param store its name
   * @param paused who paused them, or null
   * @param running whether a tour is running
   * @param progress how far it is; null if none is running or it does not answer
   * @param last how the newest tour that has ended by itself ended, or null
   * @param damaged how many copies in the store are damaged or lost
   * @param nextAt when the next tour begins, or null
   */
  public record Tour(
      String host,
      String store,
      String paused,
      boolean running,
      ScrubProgress progress,
      ScrubProgress last,
      long damaged,
      Long nextAt) {}

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      Tours tours = new Tours(services);
      Map<String, Long> damaged = services.catalog().copies().damagedByStore();
      List<Tour> all =
          tours.all().stream().map(scheduled -> tour(tours, scheduled, damaged)).toList();
      output.print(shell.out(), all, () -> text(all));
    }
    return ExitStatus.DONE;
  }

  private static Tour tour(Tours tours, Tours.Scheduled scheduled, Map<String, Long> damaged) {
    StoreRow store = scheduled.store();
    boolean paused = scheduled.description().getSchedule().getState().isPaused();
    String note = scheduled.description().getSchedule().getState().getNote();
    String id = store.identity() == null ? store.host() + ":" + store.name() : store.identity();
    return new Tour(
        store.host(),
        store.name(),
        !paused ? null : note == null || note.isBlank() ? "paused" : note,
        scheduled.isRunning(),
        tours.running(scheduled).orElse(null),
        tours.last(scheduled).orElse(null),
        damaged.getOrDefault(id, 0L),
        paused
            ? null
            : scheduled.description().getInfo().getNextActionTimes().stream()
                .findFirst()
                .map(Instant::toEpochMilli)
                .orElse(null));
  }

  private static String text(List<Tour> all) {
    Table table =
        new Table(
            "Host",
            "Store",
            "State",
            "Sampled",
            "Read",
            "TimeLeft",
            "LastEnded",
            "Damaged",
            "Next",
            "Note");
    for (Tour tour : all) {
      ScrubProgress shown = tour.running() ? tour.progress() : tour.last();
      table.add(
          tour.host(),
          tour.store(),
          state(tour),
          shown == null ? null : count(shown.samples()),
          shown == null ? null : count(shown.fulls()),
          shown == null || shown.etaMillis() == null
              ? null
              : Spans.of(Duration.ofMillis(shown.etaMillis())),
          tour.last() == null ? null : Spans.time(tour.last().ended()),
          tour.damaged(),
          Spans.time(tour.nextAt()),
          tour.paused() != null ? tour.paused() : shown == null ? null : shown.note());
    }
    return table.toString();
  }

  private static String state(Tour tour) {
    if (tour.paused() != null) {
      return "paused";
    }
    if (!tour.running()) {
      return "waits";
    }
    return tour.progress() != null && tour.progress().waitingUntil() != null
        ? "until " + Spans.time(tour.progress().waitingUntil())
        : "runs";
  }

  private static String count(ScrubCount count) {
    return "%d of %d".formatted(count.visited(), count.visited() + count.left());
  }
}
