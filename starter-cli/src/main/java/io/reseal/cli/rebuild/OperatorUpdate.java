package io.reseal.cli.rebuild;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Problems;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.contract.Names;
import io.reseal.sector.SectorId;
import io.reseal.temporal.TemporalConnection;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowUpdateException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Sends an operator's command to running rebuilds and prints each answer. */
public final class OperatorUpdate {

  /** How many rebuilds are asked at a time: some answer only when their step has ended. */
  private static final int AT_A_TIME = 16;

  /**
   * What one rebuild answered.
   *
   * @param sector whose rebuild
   * @param done whether it was taken; else nothing was changed
   * @param message what it says, or why not
   */
  public record Answer(SectorId sector, boolean done, String message) {}

  private final Shell shell;
  private final OutputMixin output;

  OperatorUpdate(Shell shell, OutputMixin output) {
    this.shell = shell;
    this.output = output;
  }

  /**
   * Sends the command to all of them and prints a line for each, in their order.
   *
   * @return the exit status: refused if any was
   */
  int send(String update, Object command, Collection<SectorId> sectors) {
    List<Answer> answers = new ArrayList<>();
    try (Services services = shell.services()) {
      TemporalConnection temporal = services.temporal();
      ExecutorService speakers = Executors.newFixedThreadPool(AT_A_TIME);
      try {
        List<CompletableFuture<Answer>> asked =
            sectors.stream()
                .map(
                    sector ->
                        CompletableFuture.supplyAsync(
                            () -> ask(temporal, update, command, sector), speakers))
                .toList();
        for (CompletableFuture<Answer> answer : asked) {
          answers.add(join(answer));
          tell(answers.get(answers.size() - 1));
        }
      } finally {
        speakers.shutdownNow();
      }
    }
    if (output.isJson()) {
      output.print(shell.out(), answers, () -> "");
    }
    return answers.stream().allMatch(Answer::done) ? ExitStatus.DONE : ExitStatus.REFUSED;
  }

  private void tell(Answer answer) {
    if (output.isJson()) {
      return;
    }
    String line = answer.sector() + ": " + answer.message();
    if (answer.done()) {
      shell.line(line);
    } else {
      shell.say(line);
    }
  }

  private static Answer join(CompletableFuture<Answer> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static Answer ask(
      TemporalConnection temporal, String update, Object command, SectorId sector) {
    try {
      return new Answer(
          sector,
          true,
          temporal
              .client()
              .newUntypedWorkflowStub(Names.workflowId(sector))
              .update(update, String.class, command));
    } catch (WorkflowUpdateException e) {
      return new Answer(sector, false, Problems.refusal(e));
    } catch (WorkflowNotFoundException e) {
      return notRunning(sector);
    } catch (StatusRuntimeException | WorkflowServiceException e) {
      StatusRuntimeException status =
          e instanceof StatusRuntimeException direct
              ? direct
              : e.getCause() instanceof StatusRuntimeException cause ? cause : null;
      if (status != null && status.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return notRunning(sector);
      }
      throw e;
    }
  }

  private static Answer notRunning(SectorId sector) {
    return new Answer(
        sector,
        false,
        "is not being rebuilt; `reseal util sealer sectors list --rebuild --sealing=false` shows"
            + " what is.");
  }
}
