package io.reseal.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.contract.Names;
import io.reseal.contract.OperatorCommand;
import io.reseal.sector.SectorId;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;

/** Gives an operator's word to a running rebuild and tells the answer. */
final class OperatorUpdate {

  private final Shell shell;

  OperatorUpdate(Shell shell) {
    this.shell = shell;
  }

  int send(String update, SectorId sector) {
    try (Services services = shell.services()) {
      String answer;
      try {
        answer =
            services
                .temporal()
                .client()
                .newUntypedWorkflowStub(Names.workflowId(sector))
                .update(
                    update, String.class, new OperatorCommand(Requester.name(shell.environment())));
      } catch (WorkflowNotFoundException e) {
        throw notRunning(sector);
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
          throw notRunning(sector);
        }
        throw e;
      } catch (WorkflowServiceException e) {
        if (e.getCause() instanceof StatusRuntimeException status
            && status.getStatus().getCode() == Status.Code.NOT_FOUND) {
          throw notRunning(sector);
        }
        throw e;
      }
      shell.out().println(sector + ": " + answer);
      shell.out().flush();
      return ExitStatus.DONE;
    }
  }

  private static RefusedException notRunning(SectorId sector) {
    return new RefusedException(
        ("Sector %s is not being rebuilt. `reseal util sealer sectors list --rebuild"
                + " --sealing=false` shows what is.")
            .formatted(sector));
  }
}
