package io.reseal.rebuild;

import static io.reseal.rebuild.RebuildHarness.PLAIN;
import static io.reseal.rebuild.RebuildHarness.SECTOR;
import static io.reseal.rebuild.RebuildHarness.change;
import static io.reseal.rebuild.RebuildHarness.failure;
import static io.reseal.rebuild.RebuildHarness.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.FailureType;
import io.reseal.contract.MoveCommand;
import io.reseal.contract.PauseCommand;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RequestBuilder;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Only one host may take a rebuild. */
class MoveTest {

  private static final MoveCommand TO_B = new MoveCommand("anne", "host-b");

  /** Seen to catch: a hold that stayed on the shared queue, where the first free host takes it. */
  @Test
  void takesOnlyThatHostFromTheStart() throws Exception {
    FakeHost first = new FakeHost("host-a");
    FakeHost second = new FakeHost("host-b");
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      RebuildStatus end =
          harness.start(RequestBuilder.of(SECTOR, PLAIN.timings()).host("host-b").build()).join();

      assertThat(end.run().host()).isEqualTo("host-b");
      assertThat(first.ran()).isEmpty();
    }
  }

  @Test
  void movesAQueuedRebuild() throws Exception {
    FakeHost first = new FakeHost("host-a");
    FakeHost second = new FakeHost("host-b").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      harness.holds.allBusy();
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.holds.awaitAsked();
      assertThat(harness.workflow().move(TO_B))
          .isEqualTo("The rebuild of f01001/123 is waiting for a sealing thread of host-b.");
      second.awaitEntered(Step.PC1);
      assertThat(refusal(() -> harness.workflow().move(TO_B)))
          .isEqualTo("The rebuild of f01001/123 is already running on host-b#0.");
      assertThat(refusal(() -> harness.workflow().move(new MoveCommand("anne", "host-a"))))
          .isEqualTo(
              "The rebuild of f01001/123 is running on host-b#0: pause it first, then move it.");
      assertThat(refusal(() -> harness.workflow().move(new MoveCommand("anne", ""))))
          .isEqualTo("Name the host to move f01001/123 to.");
      second.open(Step.PC1);

      assertThat(end.join().run().host()).isEqualTo("host-b");
      assertThat(change(end.join(), "moved").note()).isEqualTo("to host-b, by anne");
      assertThat(first.ran()).isEmpty();
    }
  }

  @Test
  void refusesToMoveToTheHostItWaitsForAlready() throws Exception {
    FakeHost first = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(first)) {
      CompletableFuture<RebuildStatus> end =
          harness.start(RequestBuilder.of(SECTOR, PLAIN.timings()).host("host-x").build());
      harness.catalog.await("requested");
      harness.workflow().move(TO_B);
      assertThat(refusal(() -> harness.workflow().move(TO_B)))
          .isEqualTo(
              "The rebuild of f01001/123 is already waiting for a sealing thread of host-b.");
      harness.workflow().move(new MoveCommand("anne", "host-a"));
      assertThat(end.join().run().host()).isEqualTo("host-a");
    }
  }

  /** Seen to catch: finished steps of the first host that were taken to be on the second. */
  @Test
  void beginsAgainWhereAParkedRebuildIsMovedToAnotherHost() throws Exception {
    FakeHost first = new FakeHost("host-a").failing(Step.PC2, failure(FailureType.CONFIG_INVALID));
    FakeHost second = new FakeHost("host-b");
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      assertThat(harness.workflow().move(TO_B)).contains("continues when host-b has");

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(end.join().run().host()).isEqualTo("host-b");
      assertThat(end.join().run().attention()).isNull();
      assertThat(second.ran()).startsWith(Step.FETCH_PIECES);
      assertThat(change(end.join(), "resumed").note()).isEqualTo("by anne, on host-b");
      assertThat(harness.holds.requests())
          .last()
          .as("the operator's word counts more than the scratch on host-a")
          .extracting(request -> request.preferred())
          .isNull();
    }
  }

  @Test
  void keepsItsScratchWhenMovedToTheHostThatHasIt() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.PC2);
    try (RebuildHarness harness = new RebuildHarness(host, new FakeHost("host-b"))) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC2);
      harness.workflow().pause(new PauseCommand("anne", true));
      host.open(Step.PC2);
      harness.workflow().move(new MoveCommand("anne", "host-a"));

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
    }
  }
}
