package io.reseal.rebuild;

import static io.reseal.rebuild.RebuildHarness.ANNE_RESUMES;
import static io.reseal.rebuild.RebuildHarness.SECTOR;
import static io.reseal.rebuild.RebuildHarness.change;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.FailureType;
import io.reseal.contract.MoveCommand;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.RequestBuilder;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.temporal.failure.ApplicationFailure;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Whether wrong inputs or a host that computes wrongly are behind a wrong CommR. */
class SecondOpinionTest {

  private static ApplicationFailure wrongCommR(String computed) {
    return ApplicationFailure.newNonRetryableFailure(
        "CommR differs.", FailureType.SECTOR_COMM_R_MISMATCH.code(), computed);
  }

  private static FakeHost host(String name, String... computed) {
    FakeHost host = new FakeHost(name);
    for (String each : computed) {
      host.failing(Step.CHECK_SEALED, wrongCommR(each));
    }
    return host;
  }

  // Catches: a host that computes wrongly, where a person has to find that out.
  @Test
  void aHostThatComputesWronglyIsNamedAndTheRebuildFinishesOnAnotherOne() throws Exception {
    FakeHost first = host("host-a", "aa");
    FakeHost second = host("host-b");
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      RebuildStatus end = harness.run();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(end.run().host()).isEqualTo("host-b");
      assertThat(second.ran()).contains(Step.PC1, Step.PC2, Step.CHECK_SEALED);
      assertThat(end.changes()).noneMatch(change -> change.step().equals("parked"));
      String fault =
          "Sector.CommRMismatch: host-a computed a wrong CommR, and host-b the recorded one from"
              + " the same inputs: check the memory, CPU and disks of host-a.";
      assertThat(end.changes()).anyMatch(change -> fault.equals(change.note()));
      assertThat(first.releases())
          .containsExactly(
              new ReleaseRequest(SECTOR, first.grant(), false),
              new ReleaseRequest(SECTOR, first.grant(), false, fault));
    }
  }

  // Catches: a host that is blamed for wrong inputs.
  @Test
  void twoHostsThatAgreeShowThatTheInputsAreWrong() throws Exception {
    try (RebuildHarness harness = new RebuildHarness(host("host-a", "aa"), host("host-b", "aa"))) {
      CompletableFuture<RebuildStatus> end = harness.start();

      assertThat(harness.catalog.await("parked").note())
          .startsWith("Sector.CommRMismatch: CommR differs. host-a has computed the same CommR")
          .contains("sectors facts");
      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Catches: two wrong CommRs that are taken for agreement.
  @Test
  void twoHostsThatDisagreeAreBothNamed() throws Exception {
    try (RebuildHarness harness = new RebuildHarness(host("host-a", "aa"), host("host-b", "bb"))) {
      CompletableFuture<RebuildStatus> end = harness.start();

      assertThat(harness.catalog.await("parked").note())
          .contains("at least one of host-a and host-b computes wrongly");
      harness.workflow().resume(ANNE_RESUMES);
      end.join();
    }
  }

  // Catches: a rebuild on the only host that waits for another one.
  @Test
  void withoutAnotherHostItParksAtOnceAndKeepsItsScratch() throws Exception {
    FakeHost only = host("host-a", "aa");
    try (RebuildHarness harness = new RebuildHarness(only)) {
      CompletableFuture<RebuildStatus> end = harness.start();

      assertThat(harness.catalog.await("parked").note())
          .startsWith("Sector.CommRMismatch: CommR differs.")
          .endsWith("No other host could seal it for comparison.");
      assertThat(only.releases()).containsExactly(new ReleaseRequest(SECTOR, only.grant(), false));
      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Catches: an operator who cannot intervene while the rebuild waits for another host.
  @Test
  void anOperatorMayMoveTheRebuildWhileItWaitsForAnotherHost() throws Exception {
    FakeHost first =
        new FakeHost("host-a")
            .holdingAt(Step.CHECK_SEALED)
            .failingAtGate(Step.CHECK_SEALED, wrongCommR("aa"));
    try (RebuildHarness harness = new RebuildHarness(first, host("host-b"))) {
      CompletableFuture<RebuildStatus> end = harness.start();
      first.awaitEntered(Step.CHECK_SEALED);
      harness.holds.allBusy();
      first.open(Step.CHECK_SEALED);

      harness.holds.awaitAsked();
      harness.workflow().move(new MoveCommand("anne", "host-b"));
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(change(end.join(), "went on").note()).contains("Another host seals");
    }
  }

  // Catches: an operator's choice of the host that is overruled.
  @Test
  void aRebuildThatIsBoundToAHostStaysThere() throws Exception {
    FakeHost first = host("host-a", "aa");
    try (RebuildHarness harness = new RebuildHarness(first, host("host-b"))) {
      CompletableFuture<RebuildStatus> end =
          harness.start(RequestBuilder.of(SECTOR, RebuildHarness.TIMINGS).host("host-a").build());

      assertThat(harness.catalog.await("parked").note()).doesNotContain("Another host");
      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().host()).isEqualTo("host-a");
    }
  }
}
