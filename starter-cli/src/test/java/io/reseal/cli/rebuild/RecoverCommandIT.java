package io.reseal.cli.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CatalogSettings;
import io.reseal.catalog.ScratchRow;
import io.reseal.cli.Homes;
import io.reseal.cli.Samples;
import io.reseal.cli.ScriptedRebuild;
import io.reseal.cli.Terminal;
import io.reseal.cli.Terminal.Result;
import io.reseal.contract.ChangeKind;
import io.reseal.contract.Names;
import io.reseal.contract.Payloads;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.RunRecord;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StateChange;
import io.reseal.inspection.ScratchFindings;
import io.reseal.plan.UnsealedWish;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.reseal.temporal.NamespaceSetup;
import io.reseal.temporal.TemporalConnection;
import io.reseal.up.Ports;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.testserver.TestServer;
import io.temporal.worker.WorkerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recovering after losses, on Temporal's test server and a real catalog. */
class RecoverCommandIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** See {@link ScriptedRebuild}: it lasts. */
  private static final SectorRecord LASTING = Samples.sector(3);

  @TempDir static Path home;

  private Catalog catalog;
  private TestServer.PortBoundTestServer server;
  private TemporalConnection temporal;
  private WorkerFactory workers;
  private Terminal terminal;
  private final List<ScratchRow> scratch = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    CatalogSettings settings = CatalogDatabase.migrated();
    catalog = Catalog.open(settings);
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
    catalog.close();
  }

  private void hasWork(SectorRecord record, String verdict, SectorFacts inputs) {
    hasWork(record, verdict, inputs, null);
  }

  private void hasWork(SectorRecord record, String verdict, SectorFacts inputs, UnsealedWish wish) {
    scratch.add(
        new ScratchRow(
            "host-a",
            "/scratch",
            record.id(),
            record.id().fileName(),
            4096,
            "TreeDBuilt, 1 of 2 layers",
            verdict,
            "The reason.",
            null,
            inputs,
            wish,
            Instant.now()));
    catalog.scratch().report("host-a", "/scratch", scratch);
  }

  private static SectorFacts inputs(SectorRecord record) {
    return new SectorFacts(
        record.id(),
        record.proof(),
        record.ticket(),
        new Commitment("33".repeat(32)),
        Cid.ofSealed(record.commR()),
        new Commitment("44".repeat(32)),
        record.seed(),
        record.proofDue(),
        PieceLayout.complete(record.proof().size(), record.pieces()),
        null,
        false);
  }

  private boolean isStarted(SectorId sector) {
    return temporal.newest(Names.workflowId(sector)).isPresent();
  }

  private String recovered(String arguments) throws IOException {
    Result result = terminal.run("recover" + arguments + " --output json");
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    StringBuilder lines = new StringBuilder();
    JSON.readTree(result.out())
        .forEach(
            one ->
                lines
                    .append(one.path("action").asText())
                    .append(' ')
                    .append(one.path("sector").path("number").asText())
                    .append(": ")
                    .append(one.path("sentence").asText())
                    .append('\n'));
    return lines.toString();
  }

  // Catches: work that is lost with both databases, or that another host begins again.
  @Test
  void withoutTemporalsAndTheCatalogsDatabasesWorkContinuesWhereItIs() throws Exception {
    hasWork(LASTING, "kept", inputs(LASTING));

    String planned = recovered(" --dry-run");
    assertThat(catalog.sectors().find(LASTING.id())).isEmpty();
    assertThat(isStarted(LASTING.id())).isFalse();

    assertThat(recovered(""))
        .isEqualTo(planned)
        .isEqualTo(
            """
            restore 3: the catalog gets its inputs back, with the source "scratch"
            continue 3: continues on host-a with TreeDBuilt, 1 of 2 layers
            """);
    SectorRecord restored = catalog.sectors().find(LASTING.id()).orElseThrow();
    assertThat(ScratchFindings.areOf(inputs(LASTING), restored)).isTrue();
    assertThat(restored.commR()).isEqualTo(LASTING.commR());
    assertThat(restored.seed()).isEqualTo(LASTING.seed());
    RebuildRequest request = request(LASTING);
    assertThat(request.host()).isEqualTo("host-a");
    assertThat(request.unsealed()).isNull();

    assertThat(recovered("")).isEqualTo("skip 3: it is being rebuilt already\n");
  }

  private RebuildRequest request(SectorRecord sector) {
    return Payloads.converter()
        .fromPayloads(
            0,
            Optional.of(
                temporal
                    .client()
                    .fetchHistory(Names.workflowId(sector.id()))
                    .getEvents()
                    .get(0)
                    .getWorkflowExecutionStartedEventAttributes()
                    .getInput()),
            RebuildRequest.class,
            RebuildRequest.class);
  }

  // Seen to fail: with a sector that is sealed instead of unsealed after Temporal was lost.
  @Test
  void whatWasWantedOfTheUnsealedCopyIsNotForgotten() throws Exception {
    catalog.sectors().add(LASTING);
    hasWork(LASTING, "kept", inputs(LASTING), UnsealedWish.ONLY);

    assertThat(recovered(""))
        .isEqualTo(
            "continue 3: continues on host-a with TreeDBuilt, 1 of 2 layers, only to unseal it\n");
    assertThat(request(LASTING).unsealed()).isEqualTo(UnsealedWish.ONLY);
  }

  // Catches: a run that the catalog shows as working for ever, its workflow being gone.
  @Test
  void aRunWithoutItsWorkflowIsEndedWithTheTrueReasonAndItsWorkContinues() throws Exception {
    catalog.sectors().add(LASTING);
    catalog
        .runs()
        .record(Samples.run(LASTING.id(), RebuildState.TREE_D_BUILT, null, null), List.of());
    hasWork(LASTING, "kept", inputs(LASTING));

    assertThat(recovered(""))
        .isEqualTo(
            """
            end 3: Temporal no longer knows its rebuild
            continue 3: continues on host-a with TreeDBuilt, 1 of 2 layers
            """);
    assertThat(catalog.runs().find("run-3").orElseThrow().lastError())
        .startsWith("Ended by reseal recover: Temporal no longer knows this rebuild");
    assertThat(isStarted(LASTING.id())).isTrue();
  }

  // Catches: what finished or was aborted, started again; a record that scratch overrides.
  @Test
  void whatIsOverOrHasOtherInputsStaysAsItIs() throws Exception {
    SectorRecord finished = Samples.sector(10);
    SectorRecord aborted = Samples.sector(11);
    SectorRecord changed = Samples.sector(12);
    end(finished, RebuildState.FINISHED, ChangeKind.STEP_DONE);
    end(aborted, RebuildState.ABORTED, ChangeKind.ABORTED);
    catalog.sectors().add(changed);
    for (SectorRecord one : List.of(finished, aborted)) {
      hasWork(one, "kept", inputs(one));
    }
    SectorFacts other = inputs(changed);
    hasWork(
        changed,
        "kept",
        new SectorFacts(
            other.sector(),
            other.proof(),
            new Randomness("ef".repeat(32), 7L),
            other.commD(),
            other.commR(),
            other.replicaId(),
            null,
            false,
            other.pieces(),
            null,
            false));
    hasWork(Samples.sector(13), "undecided", inputs(Samples.sector(13)));
    hasWork(Samples.sector(14), "kept", null);

    assertThat(recovered("").lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("skip 10: the catalog has it as Finished"),
            line -> assertThat(line).startsWith("skip 11: its rebuild was aborted"),
            line -> assertThat(line).startsWith("skip 12: the catalog has other inputs"),
            line -> assertThat(line).startsWith("skip 13: The reason."),
            line -> assertThat(line).startsWith("skip 14: neither the catalog nor its scratch"));
    assertThat(catalog.sectors().find(changed.id())).contains(changed);
  }

  // Catches: a rebuild that ended while the catalog was lost, started again.
  @Test
  void theCatalogGetsAnEndBackThatTemporalKnows() throws Exception {
    SectorRecord ends = Samples.sector(1);
    catalog.sectors().add(ends);
    RebuildWorkflow workflow =
        temporal
            .client()
            .newWorkflowStub(
                RebuildWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Names.workflowId(ends.id()))
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .build());
    WorkflowClient.start(
        workflow::rebuild,
        new RebuildRequest(ends.id(), null, "anne", false, false, null, null, false));
    temporal
        .client()
        .newUntypedWorkflowStub(Names.workflowId(ends.id()))
        .getResult(RebuildStatus.class);
    hasWork(ends, "kept", inputs(ends));

    assertThat(recovered("")).startsWith("restore 1: its rebuild has ended (Finished)");
    assertThat(catalog.runs().latest(ends.id()).orElseThrow().state())
        .isEqualTo(RebuildState.FINISHED);
  }

  private void end(SectorRecord record, RebuildState state, ChangeKind kind) {
    catalog.sectors().add(record);
    RunRecord run = Samples.run(record.id(), state, 1_003_000L, null);
    catalog
        .runs()
        .record(
            run,
            List.of(
                new StateChange(
                    0,
                    state,
                    1_003_000L,
                    kind.toString(),
                    "host-a",
                    0,
                    1,
                    null,
                    null,
                    0,
                    null,
                    kind)));
  }
}
