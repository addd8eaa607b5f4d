package io.reseal.cli;

import io.reseal.catalog.SectorRecord;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Starts the rebuild of one or more sectors of a miner. */
@Command(name = "rebuild", description = "Bring lost sectors back.")
final class RebuildCommand implements Callable<Integer> {

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MINER", description = "1001, f01001 or t01001.")
  private SectorArguments.Miner miner;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "NUMBER",
      description = "Sector numbers.")
  // As text: picocli would call the first one that is no number an unmatched argument.
  private List<String> numbers;

  @Option(
      names = "--wait",
      description =
          "Show each state as it is reached, until every rebuild has ended or waits for you.")
  private boolean wait;

  RebuildCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    Set<SectorId> ids = new LinkedHashSet<>();
    for (String number : numbers) {
      ids.add(new SectorId(miner.number(), number(number)));
    }
    try (Services services = shell.services()) {
      List<SectorRecord> sectors =
          ids.stream().map(id -> SectorLookup.require(services.catalog(), id)).toList();
      sectors.forEach(sector -> start(services, sector));
      return wait ? new RebuildWatch(shell, services).untilEnd(ids) : ExitStatus.DONE;
    }
  }

  private long number(String text) {
    try {
      return SectorId.parseNumber(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private void start(Services services, SectorRecord sector) {
    String id = Names.workflowId(sector.id());
    RebuildWorkflow workflow =
        services.temporal().client().newWorkflowStub(RebuildWorkflow.class, options(sector));
    RebuildRequest request =
        new RebuildRequest(
            sector.id(),
            services.installation().timings(),
            Requester.name(shell.environment()),
            false,
            false,
            null,
            null);
    WorkflowExecution execution;
    String said;
    try {
      execution = WorkflowClient.start(workflow::rebuild, request);
      said = "rebuild started";
    } catch (WorkflowExecutionAlreadyStarted e) {
      execution = e.getExecution();
      said = "is already being rebuilt";
    }
    shell.out().printf("%s: %s as %s%n", sector.id(), said, id);
    services
        .webPage(id, execution.getRunId())
        .ifPresent(page -> shell.out().printf("  watch it at %s%n", page));
    shell.out().flush();
  }

  private static WorkflowOptions options(SectorRecord sector) {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(Names.workflowId(sector.id()))
        .setTaskQueue(Names.CONTROL_QUEUE)
        .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
        .setStaticSummary(
            "%s %s %s: rebuild".formatted(sector.id(), sector.proof().size(), sector.proof()))
        .setTypedSearchAttributes(
            SearchAttributes.newBuilder()
                .set(Names.MINER, sector.id().minerAddress())
                .set(Names.SECTOR, sector.id().number())
                .set(Names.STATE, RebuildState.EMPTY.toString())
                .set(Names.ATTENTION, false)
                .build())
        .build();
  }
}
