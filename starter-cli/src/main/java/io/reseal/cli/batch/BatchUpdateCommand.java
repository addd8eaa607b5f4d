package io.reseal.cli.batch;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.catalog.BatchRecord;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.contract.BatchState;
import io.reseal.contract.Names;
import io.reseal.contract.OperatorCommand;
import io.reseal.problem.RefusedException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Sends an operator's command to a batch: pause, resume, cancel, retry-parked. */
@Command
public final class BatchUpdateCommand implements Callable<Integer> {

  private final Shell shell;
  private final String update;

  @Parameters(index = "0", paramLabel = "NAME", description = "The batch's name.")
  private String name;

  /**
   * @param update the update's name
   */
  public BatchUpdateCommand(Shell shell, String update) {
    this.shell = shell;
    this.update = update;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      BatchRecord batch = BatchLookup.require(services.catalog(), name);
      Optional<String> answer = send(services);
      if (answer.isPresent()) {
        shell.line(answer.get());
      } else if (update.equals("resume") && batch.state() != BatchState.FINISHED) {
        new BatchStart(shell, services).again(batch);
      } else {
        throw new RefusedException(
            "Batch %s is no longer running (%s): there is nothing to %s."
                .formatted(
                    name,
                    batch.state().isEnd() ? batch.state() : BatchState.ENDED_FROM_OUTSIDE,
                    update.equals("retryParked") ? "retry" : update));
      }
    }
    return ExitStatus.DONE;
  }

  /** Empty if no workflow runs the batch. */
  private Optional<String> send(Services services) {
    try {
      return Optional.of(
          services
              .temporal()
              .client()
              .newUntypedWorkflowStub(Names.batchWorkflowId(name))
              .update(update, String.class, new OperatorCommand(shell.requester())));
    } catch (WorkflowNotFoundException e) {
      return Optional.empty();
    } catch (StatusRuntimeException e) {
      return ifNotFound(e, e);
    } catch (WorkflowServiceException e) {
      return ifNotFound(e, e.getCause());
    }
  }

  private static Optional<String> ifNotFound(RuntimeException thrown, Throwable cause) {
    if (cause instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.NOT_FOUND) {
      return Optional.empty();
    }
    throw thrown;
  }
}
