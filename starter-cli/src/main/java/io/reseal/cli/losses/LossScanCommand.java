package io.reseal.cli.losses;

import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Spans;
import io.reseal.config.Durations;
import io.reseal.contract.LossScanReport;
import io.reseal.contract.LossScanWorkflow;
import io.reseal.contract.Names;
import io.reseal.problem.ProblemException;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scans a miner for losses. */
@Command(
    name = "scan",
    description = {
      "Compare a miner's sectors on the chain with the copies in the stores, and wait for the end."
          + " Every worker looks at the presence and sizes of the files in its stores; the chain is"
          + " asked by a worker, at the nodes of its reseal.toml. A scan that is running is joined."
          + " `reseal losses` shows what was found.",
      "Exit status 1 if the scan failed."
    })
public final class LossScanCommand implements Callable<Integer> {

  private static final Duration LEAST_INTERVAL = Duration.ofMinutes(10);

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "MINER", description = SectorArguments.MINER)
  private SectorArguments.Miner miner;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      description = {
        "Have Temporal begin a scan of the miner this often from now on, e.g. 6h, and wait for"
            + " none; never ends that."
      })
  private String every;

  @Spec private CommandSpec spec;

  public LossScanCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Optional<Duration> interval = interval();
    try (Services services = shell.services()) {
      if (every != null) {
        schedule(new LossSchedule(services.temporal().schedules(), miner.number()), interval);
        return ExitStatus.DONE;
      }
      LossScanWorkflow scan =
          services
              .temporal()
              .client()
              .newWorkflowStub(
                  LossScanWorkflow.class,
                  WorkflowOptions.newBuilder()
                      .setWorkflowId(Names.lossScanWorkflowId(miner.number()))
                      .setTaskQueue(Names.CONTROL_QUEUE)
                      .setWorkflowIdConflictPolicy(
                          WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                      .setStaticSummary("Compares f0%d with its stores".formatted(miner.number()))
                      .build());
      WorkflowClient.start(scan::run, miner.number());
      shell.say("Scanning f0%d …".formatted(miner.number()));
      LossScanReport report = WorkflowStub.fromTyped(scan).getResult(LossScanReport.class);
      shell.line(text(report));
    } catch (WorkflowFailedException e) {
      throw problem(e);
    }
    return ExitStatus.DONE;
  }

  /** Empty for never, or if none was given. */
  private Optional<Duration> interval() {
    if (every == null || every.equals("never")) {
      return Optional.empty();
    }
    try {
      Duration interval = Durations.parse(every);
      if (interval.compareTo(LEAST_INTERVAL) < 0) {
        throw new ParameterException(
            spec.commandLine(), "--every: give at least 10min, because each scan asks all nodes.");
      }
      return Optional.of(interval);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--every: " + e.getMessage(), e);
    }
  }

  private void schedule(LossSchedule schedule, Optional<Duration> interval) {
    if (interval.isPresent()) {
      schedule.put(interval.get());
      shell.line(
          "A scan of f0%d begins every %s, the first one now."
              .formatted(miner.number(), Spans.of(interval.get())));
    } else {
      shell.line(
          schedule.delete()
              ? "No more scans of f0%d begin by themselves.".formatted(miner.number())
              : "No scans of f0%d began by themselves.".formatted(miner.number()));
    }
  }

  private static String text(LossScanReport report) {
    String away =
        report.away().isEmpty()
            ? ""
            : " These hosts did not look at their stores: %s."
                .formatted(String.join(", ", report.away()));
    return "f0%1$d has %2$,d live sectors at epoch %3$d, %4$,d of them faulty.%5$s `reseal losses f0%1$d` shows what is lost."
        .formatted(
            report.scan().miner(),
            report.chain().live(),
            report.chain().epoch(),
            report.chain().faulty(),
            away);
  }

  /** What the worker said, as if the command had met it itself. */
  private static ProblemException problem(WorkflowFailedException failed) {
    for (Throwable at = failed; at != null; at = at.getCause()) {
      if (at instanceof ApplicationFailure said) {
        return new ProblemException(
            Stream.of(ProblemException.Category.values())
                .filter(category -> category.name().equals(said.getType()))
                .findFirst()
                .orElse(ProblemException.Category.FAILED),
            said.getOriginalMessage(),
            failed);
      }
    }
    return new ProblemException(
        ProblemException.Category.FAILED,
        "The scan did not end well: " + failed.getMessage(),
        failed);
  }
}
