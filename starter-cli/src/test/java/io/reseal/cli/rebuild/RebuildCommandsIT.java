package io.reseal.cli.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CatalogSettings;
import io.reseal.catalog.ThreadRows;
import io.reseal.cli.Homes;
import io.reseal.cli.Samples;
import io.reseal.cli.ScriptedRebuild;
import io.reseal.cli.Terminal;
import io.reseal.cli.Terminal.Result;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildStatus;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.reseal.temporal.NamespaceSetup;
import io.reseal.temporal.TemporalConnection;
import io.reseal.up.Ports;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.testserver.TestServer;
import io.temporal.worker.WorkerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, watching and steering rebuilds, on Temporal's test server and a real catalog. */
class RebuildCommandsIT {

  private static final long NON_INTERACTIVE = 5;

  @TempDir static Path home;

  private static CatalogSettings settings;

  private TestServer.PortBoundTestServer server;
  private TemporalConnection temporal;
  private WorkerFactory workers;
  private Terminal terminal;

  @BeforeAll
  static void catalog() {
    settings = CatalogDatabase.migrated();
    try (Catalog catalog = Catalog.open(settings)) {
      for (long number = 1; number <= 4; number++) {
        catalog.sectors().add(Samples.sector(number));
      }
      catalog.sectors().add(Samples.nonInteractive(NON_INTERACTIVE));
    }
  }

  @BeforeEach
  void temporal() throws IOException {
    int port = Ports.free().temporal();
    server = TestServer.createPortBoundServer(port, true);
    String address = "127.0.0.1:" + port;
    temporal = TemporalConnection.open(address, Names.NAMESPACE, Map.of());
    assertThat(new NamespaceSetup(temporal).run(Duration.ofDays(1))).isNotEmpty();
    workers = WorkerFactory.newInstance(temporal.client());
    workers
        .newWorker(Names.CONTROL_QUEUE)
        .registerWorkflowImplementationTypes(ScriptedRebuild.class);
    workers.start();
    terminal = new Terminal(Homes.write(home, address, settings));
  }

  @AfterEach
  void stop() {
    workers.shutdownNow();
    temporal.close();
    server.close();
  }

  private Optional<WorkflowExecutionDescription> find(long number) {
    try {
      return Optional.of(stub(number).describe());
    } catch (WorkflowNotFoundException e) {
      return Optional.empty();
    }
  }

  private WorkflowStub stub(long number) {
    return temporal.client().newUntypedWorkflowStub(Names.workflowId(new SectorId(1001, number)));
  }

  private static String page(WorkflowExecution execution) {
    return "  watch it at http://127.0.0.1:8233/namespaces/reseal/workflows/%s/%s"
        .formatted(execution.getWorkflowId(), execution.getRunId());
  }

  /** Fails when a search attribute, the id or the summary is not set at the start. */
  @Test
  void aRebuildIsStartedWithItsNamesAndShown() {
    Result result = terminal.run("util sealer sectors rebuild t01001 3");

    WorkflowExecutionDescription started = find(3).orElseThrow();
    assertThat(result.status()).isZero();
    assertThat(result.lines())
        .containsExactly(
            "f01001/3: rebuild started as rebuild-f01001-3", page(started.getExecution()));
    assertThat(started.getStaticSummary()).isEqualTo("f01001/3 2KiB StackedDrg2KiBV1_1: rebuild");
    assertThat(started.getTaskQueue()).isEqualTo("reseal");
    assertThat(started.getTypedSearchAttributes().get(Names.MINER)).isEqualTo("f01001");
    assertThat(started.getTypedSearchAttributes().get(Names.SECTOR)).isEqualTo(3);
    assertThat(started.getTypedSearchAttributes().get(Names.STATE)).isEqualTo("Empty");
    assertThat(started.getTypedSearchAttributes().get(Names.ATTENTION)).isFalse();
  }

  /** Fails when sectors before the unknown one are started. */
  @Test
  void oneUnknownSectorAmongManyStartsNone() {
    Result result = terminal.run("rebuild 1001 1 999 3");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err()).startsWith("Sector f01001/999 is not in the catalog.");
    assertThat(result.out()).isEmpty();
    assertThat(find(1)).isEmpty();
    assertThat(find(3)).isEmpty();
  }

  /** Seen to fail: with the rebuild started, which would wait for a seed that never comes. */
  @Test
  void aProofOfANonInteractiveSectorIsRefusedBeforeAnythingIsStarted() {
    for (String line :
        List.of("rebuild 1001 5 --prove", "rebuild 1001 1 5 --prove --name with-proofs")) {
      Result result = terminal.run(line);

      assertThat(result.status()).as(line).isEqualTo(ExitStatus.REFUSED);
      assertThat(result.err())
          .startsWith("A non-interactive sector has no pre-commit and no seed")
          .contains(": f01001/5. Nothing was started; leave out --prove.");
      assertThat(find(1)).isEmpty();
      assertThat(find(NON_INTERACTIVE)).isEmpty();
    }
    assertThat(terminal.run("rebuild 1001 5").status()).isZero();
  }

  /** Fails when a second run is started beside the first, or the command fails. */
  @Test
  void aSectorThatIsBeingRebuiltIsNamedAndNotStartedAgain() {
    assertThat(terminal.run("rebuild 1001 3").status()).isZero();
    WorkflowExecution first = find(3).orElseThrow().getExecution();

    Result again = terminal.run("rebuild f01001 3");

    assertThat(again.status()).isZero();
    assertThat(again.lines())
        .containsExactly("f01001/3: is already being rebuilt as rebuild-f01001-3", page(first));
    assertThat(find(3).orElseThrow().getExecution()).isEqualTo(first);
  }

  /** Seen to fail: with a run that is about to end taken for the rebuild that was asked for. */
  @Test
  void aSectorWhoseDroppedRebuildIsNotClosedYetIsRebuiltAnew() {
    assertThat(terminal.run("rebuild 1001 4").status()).isZero();
    WorkflowExecution first = find(4).orElseThrow().getExecution();
    assertThat(terminal.run("sectors abort 1001 4").status()).isZero();

    Result again = terminal.run("rebuild 1001 4");

    assertThat(again.status()).isZero();
    assertThat(again.out()).startsWith("f01001/4: rebuild started as rebuild-f01001-4");
    assertThat(find(4).orElseThrow().getExecution().getRunId()).isNotEqualTo(first.getRunId());
  }

  /** Fails when a state is left out that was passed between two looks. */
  @Test
  void waitingShowsEachStateAndEndsWellWhenAllHaveFinished() {
    Result result = terminal.run("rebuild 1001 1 --wait");

    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(result.lines().subList(2, result.lines().size()))
        .containsExactly(
            "f01001/1  Allocated      thread held on host-a#0",
            "f01001/1  PieceAdded     add pieces on host-a#0, 850ms",
            "f01001/1  Finished       check stored on host-a#0, 90ms");
  }

  /** Fails when waiting never ends at a parked rebuild, or calls it done. */
  @Test
  void waitingEndsWithWhyAndWhatToDoWhenARebuildParks() {
    Result result = terminal.run("rebuild 1001 2 --wait");

    assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(result.err())
        .contains(
            "f01001/2: the rebuild waits for you in state Allocated. " + ScriptedRebuild.ATTENTION)
        .contains("reseal util sealer sectors resume 1001 2");
  }

  @Test
  void aParkedRebuildIsResumedInTheOperatorsName() {
    assertThat(terminal.run("rebuild 1001 2 --wait").status()).isEqualTo(ExitStatus.FAILED);

    Result result = terminal.run("util sealer sectors resume 1001 2");

    assertThat(result.status()).isZero();
    assertThat(result.out()).startsWith("f01001/2: goes on, as alice@");
    assertThat(stub(2).getResult(RebuildStatus.class).run().state())
        .isEqualTo(RebuildState.FINISHED);
  }

  /** Fails when a validator's refusal is shown as a crash or exits 0. */
  @Test
  void aRefusedCommandShowsTheValidatorsSentence() {
    assertThat(terminal.run("rebuild 1001 3").status()).isZero();

    Result result = terminal.run("util sealer sectors resume 1001 3");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err())
        .isEqualToIgnoringNewLines(
            "f01001/3: The rebuild is not parked, so there is nothing to resume.");
  }

  @Test
  void anAbortedRebuildEndsTheWaitingWithFailure() {
    assertThat(terminal.run("rebuild 1001 3").status()).isZero();

    assertThat(terminal.run("util sealer sectors abort 1001 3").out())
        .isEqualToIgnoringNewLines("f01001/3: is being dropped.");
    RebuildStatus end = stub(3).getResult(RebuildStatus.class);
    assertThat(end.run().state()).isEqualTo(RebuildState.ABORTED);
    assertThat(find(3).orElseThrow().getStatus())
        .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);

    Result again = terminal.run("util sealer sectors abort 1001 3");
    assertThat(again.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(again.err()).startsWith("f01001/3: is not being rebuilt;");
  }

  /** Seen to catch an end at the first refusal, and status 0 when one was refused. */
  @Test
  void eachOfManySectorsIsAnsweredForByItself() throws IOException {
    assertThat(terminal.run("rebuild 1001 2 --wait").status()).isEqualTo(ExitStatus.FAILED);
    assertThat(terminal.run("rebuild 1001 3").status()).isZero();

    Result result = terminal.run("sectors pause 1001 1-3 2 --now");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.lines()).hasSize(1);
    assertThat(result.out()).startsWith("f01001/3: stands still now, as alice@");
    assertThat(result.err().lines())
        .containsExactly(
            "f01001/1: is not being rebuilt; `reseal util sealer sectors list --rebuild"
                + " --sealing=false` shows what is.",
            "f01001/2: The rebuild stands still already.");

    JsonNode answers =
        new ObjectMapper()
            .readTree(terminal.run("sectors resume 1001 1 2 --state PC1Done --output json").out());
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).get("done").asBoolean()).isFalse();
    assertThat(answers.get(1).get("done").asBoolean()).isTrue();
    assertThat(answers.get(1).get("message").asText()).startsWith("goes on from PC1Done");
  }

  @Test
  void aRebuildIsMovedToAKnownHost() {
    try (Catalog catalog = Catalog.open(settings)) {
      catalog
          .threads()
          .report("host-b", List.of(ThreadRows.idle("host-b", 0, "/scratch", Instant.now())));
    }
    assertThat(terminal.run("rebuild 1001 3").status()).isZero();

    assertThat(terminal.run("sectors move 1001 3 --host host-b").out())
        .startsWith("f01001/3: goes to host-b, as alice@");
  }

  @Test
  void aSectorWithoutRebuildCannotBeResumed() {
    Result result = terminal.run("sectors resume 1001 1");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err()).startsWith("f01001/1: is not being rebuilt;");
  }

  /** Fails when waiting goes on for ever for a run that somebody terminated. */
  @Test
  void waitingEndsWhenTheRunIsEndedFromOutside() throws Exception {
    Thread terminator =
        new Thread(
            () -> {
              while (find(3).isEmpty()) {
                Thread.onSpinWait();
              }
              stub(3).terminate("by a test");
            });
    terminator.start();

    Result result = terminal.run("rebuild 1001 3 --wait");

    terminator.join();
    assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(result.err()).contains("was ended from outside").contains("TERMINATED");
  }

  @Test
  void aTemporalThatIsNotThereIsUnreachable() throws IOException {
    Homes.write(home, "127.0.0.1:1", settings);

    Result result = terminal.run("rebuild 1001 1");

    assertThat(result.status()).isEqualTo(ExitStatus.UNREACHABLE);
    assertThat(result.err()).startsWith("Temporal does not answer");
  }
}
