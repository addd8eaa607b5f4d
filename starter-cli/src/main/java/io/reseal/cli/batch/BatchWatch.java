package io.reseal.cli.batch;

import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.BatchRecord;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.RunText;
import io.reseal.cli.show.Spans;
import io.reseal.contract.BatchState;
import io.reseal.contract.RunRecord;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Follows a batch until each of its sectors has ended or waits for a person. */
public final class BatchWatch {

  private static final Duration POLL = Duration.ofSeconds(1);

  private final Shell shell;
  private final Services services;
  private final Map<SectorId, BatchOutcome.Kind> shown = new HashMap<>();

  public BatchWatch(Shell shell, Services services) {
    this.shell = shell;
    this.services = services;
  }

  /** The exit status: done if all of them finished. */
  public int untilEnd(String name) throws InterruptedException {
    while (true) {
      // Read the batch before its sectors: once it has ended, its sectors change no more.
      BatchRecord batch = services.catalog().batches().find(name).orElseThrow();
      List<BatchOutcome> outcomes = services.catalog().batches().outcomes(name);
      outcomes.forEach(this::show);
      if (batch.state().isEnd()) {
        return ended(batch, outcomes);
      }
      if (outcomes.stream().allMatch(BatchWatch::isSettled)
          && outcomes.stream().anyMatch(outcome -> is(outcome, BatchOutcome.Kind.PARKED))) {
        shell.say(
            "Batch %1$s waits for you: reseal batch state %1$s shows why. Fix that, then run reseal batch retry-parked %1$s."
                .formatted(name));
        return ExitStatus.FAILED;
      }
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
  }

  private int ended(BatchRecord batch, List<BatchOutcome> outcomes) {
    if (batch.state() != BatchState.FINISHED) {
      shell.say(
          "Batch %s: %s. To continue with the sectors that are not finished: reseal batch resume %s"
              .formatted(
                  batch.name(),
                  batch.note() == null ? batch.state() : batch.state() + ", " + batch.note(),
                  batch.name()));
      return ExitStatus.FAILED;
    }
    return outcomes.stream().allMatch(outcome -> is(outcome, BatchOutcome.Kind.FINISHED))
        ? ExitStatus.DONE
        : ExitStatus.FAILED;
  }

  private void show(BatchOutcome outcome) {
    BatchOutcome.Kind kind = outcome.kind();
    if (kind == BatchOutcome.Kind.QUEUED || kind == shown.put(outcome.sector(), kind)) {
      return;
    }
    RunRecord run = outcome.run();
    String text =
        switch (kind) {
          case FINISHED ->
              "finished, " + Spans.of(Duration.ofMillis(run.endedAt() - run.startedAt()));
          case DROPPED -> "dropped" + (run.lastError() == null ? "" : ": " + run.lastError());
          case PARKED -> "parked: " + RunText.whyParked(run);
          default -> "started";
        };
    shell.line(outcome.sector() + "  " + text);
  }

  private static boolean isSettled(BatchOutcome outcome) {
    return !is(outcome, BatchOutcome.Kind.QUEUED) && !is(outcome, BatchOutcome.Kind.RUNNING);
  }

  private static boolean is(BatchOutcome outcome, BatchOutcome.Kind kind) {
    return outcome.kind() == kind;
  }
}
