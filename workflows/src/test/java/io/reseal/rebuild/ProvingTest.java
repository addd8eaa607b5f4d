package io.reseal.rebuild;

import static io.reseal.rebuild.RebuildHarness.ANNE;
import static io.reseal.rebuild.RebuildHarness.ANNE_RESUMES;
import static io.reseal.rebuild.RebuildHarness.PROVING;
import static io.reseal.rebuild.RebuildHarness.SECTOR;
import static io.reseal.rebuild.RebuildHarness.change;
import static io.reseal.rebuild.RebuildHarness.failure;
import static io.reseal.rebuild.RebuildHarness.impatient;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.FailureType;
import io.reseal.contract.PauseCommand;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.RequestBuilder;
import io.reseal.contract.SeedAnswer;
import io.reseal.contract.StageRequest;
import io.reseal.plan.Step;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The seal proof: the seed is awaited, C1 and C2 follow; and what is not lost is not sealed. */
class ProvingTest {

  private static final Randomness SEED = new Randomness("77".repeat(32), 4242);

  @Test
  void provesWithTheRecordedSeedWithoutAsking() {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSeed(SEED);
      RebuildStatus end = harness.start(PROVING).join();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).containsSubsequence(Step.CHECK_SEALED, Step.C1, Step.C2, Step.PERSIST);
      assertThat(end.plan()).contains(Step.WAIT_SEED, Step.C1, Step.C2);
      assertThat(change(end, "C2").state()).isEqualTo(RebuildState.SEALED_CHECKED);
    }
  }

  /** Seen to catch: a plan made before the facts were known, so that a due proof was left out. */
  @Test
  void provesWhenTheRecordSaysThatAProofIsDue() {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setProve(true);
      harness.catalog.setSeed(SEED);
      RebuildStatus end = harness.run();

      assertThat(host.ran()).contains(Step.C1, Step.C2);
      assertThat(end.plan()).contains(Step.C2);
    }
  }

  /** Seen to catch: a due time that was not waited for, so that it was asked all the time. */
  @Test
  void waitsUntilTheSeedIsDueAndAsksAgain() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.C2);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.answerSeedDueIn(1500);
      harness.catalog.answerSeed(new SeedAnswer(null, null, null));
      harness.catalog.answerSeed(new SeedAnswer(SEED, null, null));
      CompletableFuture<RebuildStatus> end = harness.start(PROVING);
      assertThat(harness.catalog.await("waits for the seed").note()).startsWith("due 20");
      host.awaitEntered(Step.C2);
      host.open(Step.C2);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(change(end.join(), "wait seed").note()).isEqualTo("the seed of epoch 4242");
      assertThat(host.requests())
          .filteredOn(request -> request.step() == Step.C1 || request.step() == Step.C2)
          .extracting(request -> request.facts().seed())
          .containsExactly(SEED, SEED);
      List<Long> askedAt = harness.catalog.seedAskedAt();
      assertThat(askedAt).hasSize(3);
      assertThat(askedAt.get(1) - askedAt.get(0)).isGreaterThanOrEqualTo(1000);
      assertThat(harness.holds.requests()).as("the thread stays held").hasSize(1);
    }
  }

  @Test
  void pausesAtOnceWhileItWaitsForTheSeed() throws Exception {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.answerSeedDueIn(3_600_000);
      CompletableFuture<RebuildStatus> end = harness.start(PROVING);
      harness.catalog.await("waits for the seed");
      assertThat(harness.workflow().pause(new PauseCommand("anne", false)))
          .isEqualTo("The rebuild of f01001/123 is paused at SealedChecked.");

      harness.catalog.setSeed(SEED);
      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
    }
  }

  /** Meant to catch: what the chain answered kept from the operator. */
  @Test
  void saysWhatTheChainAnsweredInsteadOfTheSeed() throws Exception {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.answerSeed(new SeedAnswer(null, null, "no node has its pre-commit"));
      harness.catalog.answerSeed(new SeedAnswer(SEED, null, null));
      CompletableFuture<RebuildStatus> end = harness.start(PROVING);
      assertThat(harness.catalog.await("waits for the seed").note())
          .isEqualTo("not known yet when: no node has its pre-commit");
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  @Test
  void abortEndsTheWaitForTheSeed() throws Exception {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.answerSeedDueIn(3_600_000);
      CompletableFuture<RebuildStatus> end = harness.start(PROVING);
      harness.catalog.await("waits for the seed");
      harness.workflow().abort(ANNE);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.ABORTED);
      assertThat(host.releases()).containsExactly(new ReleaseRequest(SECTOR, host.grant(), true));
    }
  }

  /** Seen to catch: a rebuild that waited for its seed on a host that was long gone. */
  @Test
  void beginsAgainElsewhereWhenItsHostIsLostWhileItWaits() throws Exception {
    FakeHost first = new FakeHost("host-a");
    FakeHost second = new FakeHost("host-b");
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      harness.catalog.answerSeedDueIn(3_600_000);
      harness.catalog.answerSeed(new SeedAnswer(SEED, null, null));
      CompletableFuture<RebuildStatus> end = harness.start(PROVING);
      harness.catalog.await("waits for the seed");
      first.fallSilent();

      assertThat(end.join().run().host()).isEqualTo("host-b");
      assertThat(second.ran()).contains(Step.FETCH_PIECES, Step.PC1, Step.C2);
    }
  }

  @Test
  void keepsASeedThatTheRecordDoesNotHaveWhenTheInputsAreReadAgain() throws Exception {
    FakeHost host =
        new FakeHost("host-a").failing(Step.C2, failure(FailureType.SECTOR_PROOF_INVALID));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.answerSeed(new SeedAnswer(SEED, null, null));
      CompletableFuture<RebuildStatus> end = harness.start(PROVING);
      harness.catalog.await("parked");
      harness.workflow().resume(ANNE_RESUMES);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.requests())
          .filteredOn(request -> request.step() == Step.C2)
          .extracting(request -> request.facts().seed())
          .containsExactly(SEED, SEED);
      assertThat(host.ran()).filteredOn(step -> step == Step.C1).hasSize(1);
    }
  }

  /** Seen to catch: a proof over the old seed's vanilla proofs with the new seed. */
  @Test
  void provesAnewWhenTheSeedWasCorrected() throws Exception {
    FakeHost host =
        new FakeHost("host-a").failing(Step.C2, failure(FailureType.SECTOR_PROOF_INVALID));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSeed(SEED);
      CompletableFuture<RebuildStatus> end = harness.start(PROVING);
      harness.catalog.await("parked");
      harness.catalog.setSeed(new Randomness("78".repeat(32), 4243));
      harness.workflow().resume(ANNE_RESUMES);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.C1).hasSize(2);
      assertThat(host.ran()).filteredOn(step -> step == Step.CHECK_SEALED).hasSize(1);
    }
  }

  /** Seen to catch: a sector sealed for a day although its files were in place all the time. */
  @Test
  void sealsNothingWhereAStoreHasTheSectorIntact() throws Exception {
    FakeHost host = new FakeHost("host-a").withIntactCopyIn("store-1");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).containsExactly(Step.FETCH_PIECES);
      assertThat(change(end, "fetch pieces").note())
          .isEqualTo("nothing was lost: store store-1 has it, provable; nothing was sealed");
      assertThat(host.releases()).containsExactly(new ReleaseRequest(SECTOR, host.grant(), true));
    }
  }

  @Test
  void sealsAllTheSameWhenForcedOrWhenAProofIsDue() throws Exception {
    for (RebuildRequest request :
        List.of(RequestBuilder.of(SECTOR, impatient()).force().build(), PROVING)) {
      FakeHost host = new FakeHost("host-a").withIntactCopyIn("store-1");
      try (RebuildHarness harness = new RebuildHarness(host)) {
        harness.catalog.setSeed(SEED);
        RebuildStatus end = harness.start(request).join();

        assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
        assertThat(host.ran()).contains(Step.PC1, Step.PERSIST);
        assertThat(host.requests()).allMatch(StageRequest::force);
      }
    }
  }
}
