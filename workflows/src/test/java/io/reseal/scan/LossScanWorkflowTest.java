package io.reseal.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.InMemoryServer;
import io.reseal.RecordedHistory;
import io.reseal.contract.LossScan;
import io.reseal.contract.LossScanActivities;
import io.reseal.contract.LossScanChain;
import io.reseal.contract.LossScanReport;
import io.reseal.contract.LossScanWorkflow;
import io.reseal.contract.Names;
import io.reseal.contract.RepairLookActivities;
import io.reseal.contract.StoreLookActivities;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Scans of a made-up miner on the in-memory server, whose clock skips what is waited for. */
@Timeout(60)
class LossScanWorkflowTest {

  private static final List<String> HOSTS = List.of("host-a", "host-b");

  private final List<String> events = new CopyOnWriteArrayList<>();
  private TestWorkflowEnvironment environment;
  private String refusal;

  @BeforeEach
  void start() {
    environment = TestWorkflowEnvironment.newInstance(InMemoryServer.options().build());
    Worker any = environment.newWorker(Names.CONTROL_QUEUE);
    any.registerWorkflowImplementationTypes(LossScanWorkflowImpl.class);
    any.registerActivitiesImplementations(
        new LossScanActivities() {
          @Override
          public LossScanChain survey(LossScan scan) {
            if (refusal != null) {
              throw ApplicationFailure.newNonRetryableFailure(refusal, "REFUSED");
            }
            events.add("chain of " + scan.miner());
            return new LossScanChain(100, 7, 3, HOSTS);
          }

          @Override
          public void end(LossScan scan, List<String> away) {
            events.add("end without " + away);
          }
        });
  }

  @AfterEach
  void close() {
    InMemoryServer.close(environment);
  }

  private void serve(String host, StoreLookActivities stores) {
    RepairLookActivities repairs = scan -> events.add("repairs on " + host);
    environment
        .newWorker(Names.hostScrubQueue(host))
        .registerActivitiesImplementations(stores, repairs);
  }

  private LossScanReport scan() {
    environment.start();
    return environment
        .getWorkflowClient()
        .newWorkflowStub(
            LossScanWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(Names.lossScanWorkflowId(1001))
                .setTaskQueue(Names.CONTROL_QUEUE)
                .build())
        .run(1001);
  }

  // Fails if a host looks before the chain was read, the hosts look one after the other, one looks
  // for repairs before all losses are known, or the scan ends before all have.
  @Test
  void allHostsLookAtTheSameTimeOnceTheChainWasRead() {
    CyclicBarrier together = new CyclicBarrier(HOSTS.size());
    for (String host : HOSTS) {
      serve(
          host,
          scan -> {
            try {
              together.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
            events.add(host);
          });
    }

    LossScanReport report = scan();

    assertThat(events).hasSize(6).startsWith("chain of 1001").endsWith("end without []");
    assertThat(events.subList(1, 3)).containsExactlyInAnyOrderElementsOf(HOSTS);
    assertThat(events.subList(3, 5))
        .containsExactlyInAnyOrder("repairs on host-a", "repairs on host-b");
    assertThat(report.chain().live()).isEqualTo(7);
    assertThat(report.waiting()).isEmpty();
  }

  // Seen to fail: with a scan that ends before the hosts look.
  @Test
  void aScanThatAnOlderVersionBeganReplays() throws Exception {
    WorkflowReplayer.replayWorkflowExecutionFromResource(
        RecordedHistory.named("scan"), LossScanWorkflowImpl.class);
    WorkflowReplayer.replayWorkflowExecutionFromResource(
        RecordedHistory.named("scan-with-repairs"), LossScanWorkflowImpl.class);
  }

  @Test
  @EnabledIfSystemProperty(named = RecordedHistory.DIRECTORY, matches = ".+")
  void recordsAScan() throws Exception {
    serve("host-a", scan -> events.add("host-a"));
    serve(
        "host-b",
        scan -> {
          throw ApplicationFailure.newNonRetryableFailure("the catalog is away", "any");
        });
    assertThat(scan().away()).containsExactly("host-b");
    RecordedHistory.save(
        environment.getWorkflowClient(), Names.lossScanWorkflowId(1001), "scan-with-repairs");
  }

  // Fails if a host that fails ends the scan, or goes unmentioned, so that its copies count as
  // lost.
  @Test
  void aHostThatCannotLookIsNamed() {
    serve("host-a", scan -> events.add("host-a"));
    serve(
        "host-b",
        scan -> {
          throw ApplicationFailure.newNonRetryableFailure("the catalog is away", "any");
        });

    LossScanReport report = scan();

    assertThat(report.away()).containsExactly("host-b");
    assertThat(events)
        .containsExactly("chain of 1001", "host-a", "repairs on host-a", "end without [host-b]");
  }

  // Fails if a host of an older version, which cannot look for repairs, ends the scan.
  @Test
  void aHostThatCannotLookForRepairs() {
    StoreLookActivities stores = scan -> events.add("host-b");
    serve("host-a", scan -> events.add("host-a"));
    environment.newWorker(Names.hostScrubQueue("host-b")).registerActivitiesImplementations(stores);

    assertThat(scan().away()).isEmpty();

    assertThat(events).contains("repairs on host-a", "host-b").endsWith("end without []");
  }

  // Fails if a scan that the chain refuses goes on to the stores, or hides why.
  @Test
  void aMinerThatTheChainRefusesEndsTheScan() {
    refusal = "actor not found";
    serve("host-a", scan -> events.add("host-a"));

    assertThatThrownBy(this::scan)
        .isInstanceOf(WorkflowFailedException.class)
        .rootCause()
        .hasMessageContaining("actor not found");
    assertThat(events).isEmpty();
  }
}
