package io.reseal.cli.shell;

import io.grpc.StatusRuntimeException;
import io.reseal.chain.NodesException;
import io.reseal.config.Installation;
import io.reseal.contract.HasFailureType;
import io.reseal.problem.ProblemException;
import io.reseal.temporal.TemporalErrors;
import io.reseal.temporal.TemporalException;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The one place that turns exceptions into a message on stderr and an exit status. */
public final class Problems implements IExecutionExceptionHandler, IParameterExceptionHandler {

  /**
   * What went wrong.
   *
   * @param sentence what happened, to what, what to do
   * @param exitStatus one of {@link ExitStatus}
   */
  record Problem(String sentence, int exitStatus) {}

  private final Shell shell;

  public Problems(Shell shell) {
    this.shell = shell;
  }

  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    shell.say(e.getMessage());
    shell.say("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return ExitStatus.USAGE;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult parsed) {
    if (e instanceof ParameterException parameters) {
      return handleParseException(parameters, new String[0]);
    }
    Problem problem = explain(e);
    shell.say(problem.sentence());
    if (shell.debug()) {
      shell.trace(e);
    }
    return problem.exitStatus();
  }

  private Problem explain(Exception e) {
    if (e instanceof NodesException nodes && nodes.isUnreachable()) {
      return new Problem(
          "No node of the chain answers. %s Start one, or correct FULLNODE_API_INFO or [[chain.node]] in reseal.toml."
              .formatted(nodes.getMessage()),
          ExitStatus.UNREACHABLE);
    }
    if (e instanceof ProblemException problem) {
      return new Problem(e.getMessage(), exitStatus(problem.category()));
    }
    if (e instanceof HasFailureType) {
      return new Problem(e.getMessage(), ExitStatus.FAILED);
    }
    if (e instanceof WorkflowUpdateException update) {
      return new Problem(refusal(update), ExitStatus.REFUSED);
    }
    Optional<Problem> temporal = cause(e, StatusRuntimeException.class).map(this::explainTemporal);
    return temporal.orElseGet(
        () ->
            new Problem(
                "%s: %s. Run the command again with --debug for the details."
                    .formatted(e.getClass().getSimpleName(), e.getMessage()),
                ExitStatus.FAILED));
  }

  private static int exitStatus(ProblemException.Category category) {
    return switch (category) {
      case REFUSED -> ExitStatus.REFUSED;
      case UNREACHABLE -> ExitStatus.UNREACHABLE;
      case FAILED -> ExitStatus.FAILED;
    };
  }

  private Problem explainTemporal(StatusRuntimeException e) {
    Installation.Temporal temporal = shell.installation().temporal();
    TemporalException explained =
        new TemporalErrors(temporal.address(), temporal.namespace()).explain(e);
    return new Problem(explained.getMessage(), exitStatus(explained.category()));
  }

  public static String refusal(WorkflowUpdateException e) {
    return cause(e, ApplicationFailure.class)
        .map(ApplicationFailure::getOriginalMessage)
        .orElse(e.getMessage());
  }

  private static <T extends Throwable> Optional<T> cause(Throwable thrown, Class<T> type) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return Optional.of(type.cast(at));
      }
    }
    return Optional.empty();
  }
}
