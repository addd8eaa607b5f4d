package io.reseal.rebuild;

import static io.reseal.rebuild.RebuildHarness.SECTOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.contract.Candidate;
import io.reseal.contract.FailureType;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RequestBuilder;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageRequest;
import io.reseal.plan.Repair;
import io.reseal.plan.Step;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is tried when the recorded inputs give another CommR. */
class CandidatesTest {

  private static final String RECORDED = "11";

  private static FakeHost failing(int times) {
    FakeHost host = new FakeHost("host-a");
    for (int at = 0; at < times; at++) {
      host.failing(Step.CHECK_SEALED, mismatch("c%d".formatted(at)));
    }
    return host;
  }

  private static ApplicationFailure mismatch(Object... computed) {
    return ApplicationFailure.newNonRetryableFailure(
        "CommR differs.", FailureType.SECTOR_COMM_R_MISMATCH.code(), computed);
  }

  private static RebuildRequest trying(int most) {
    return RequestBuilder.of(SECTOR, RebuildHarness.TIMINGS).candidates(most).build();
  }

  private static List<String> replicaIds(FakeHost host, Step step) {
    return host.requests().stream()
        .filter(request -> request.step() == step)
        .map(StageRequest::facts)
        .map(CandidatesTest::id)
        .toList();
  }

  private static String id(SectorFacts facts) {
    return facts.replicaId().hex().substring(0, 2);
  }

  private static List<List<String>> alongside(FakeHost host) {
    return host.requests().stream()
        .filter(request -> request.step() == Step.PC1)
        .map(StageRequest::alongside)
        .map(all -> all == null ? List.<String>of() : all.stream().map(CandidatesTest::id).toList())
        .toList();
  }

  // Catches: a candidate that is not sealed from the start, layers that are not made together, and
  // a record that keeps the wrong inputs.
  @Test
  void candidatesAreTriedInTurnUntilOneGivesTheRecordedCommR() throws Exception {
    FakeHost host = failing(2);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      Candidate second =
          harness.catalog.candidate("the ticket of epoch 8", "a2", SealProof.KIB_2_V1_1);
      Candidate third = harness.catalog.candidate("V1", "a3", SealProof.KIB_2_V1);
      Candidate fourth = harness.catalog.candidate("zeros", "a4", SealProof.KIB_2_V1_1);
      harness.catalog.rank(second, third, fourth);

      RebuildStatus end = harness.start(trying(4)).join();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(replicaIds(host, Step.PC2)).containsExactly(RECORDED, "a2", "a3");
      assertThat(replicaIds(host, Step.PERSIST)).containsExactly("a3");
      assertThat(alongside(host)).containsExactly(List.of("a2", "a4"), List.of("a4"), List.of());
      assertThat(harness.catalog.proven()).containsExactly(third);
      assertThat(end.changes())
          .anyMatch(
              change -> change.note().endsWith("Candidate 3 of 4 is tried now: V1 (it says so)."))
          .anyMatch(
              change ->
                  change
                      .note()
                      .contains("candidate 3 of 4, V1 (it says so); the record has them now"));
    }
  }

  // Catches: a record that is changed without need.
  @Test
  void recordedInputsThatAreRightAreNotStoredAgain() throws Exception {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.rank(harness.catalog.candidate("zeros", "a2", SealProof.KIB_2_V1_1));

      assertThat(harness.start(trying(4)).join().run().state()).isEqualTo(RebuildState.FINISHED);

      assertThat(replicaIds(host, Step.PERSIST)).containsExactly(RECORDED);
      assertThat(harness.catalog.proven()).isEmpty();
    }
  }

  // Catches: a search that goes on for ever, and another host that seals the last ones again.
  @Test
  void ifNoneIsRightItParksAndNamesThem() throws Exception {
    FakeHost host = failing(2);
    try (RebuildHarness harness = new RebuildHarness(host, new FakeHost("host-b"))) {
      harness.catalog.rank(harness.catalog.candidate("zeros", "a2", SealProof.KIB_2_V1_1));
      CompletableFuture<RebuildStatus> end = harness.start(trying(2));

      assertThat(harness.catalog.await("parked").note())
          .endsWith("Tried without success: (1) the recorded inputs, (2) zeros.");
      harness.workflow().resume(new ResumeCommand("anne", null));
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Catches: a parked rebuild that does not name what can be tried, or tries again what failed.
  @Test
  void aParkedRebuildNamesOtherInputsAndTriesThemWhenItIsResumed() throws Exception {
    FakeHost host = failing(1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.rank(
          harness.catalog.candidate("zeros", "a2", SealProof.KIB_2_V1_1),
          harness.catalog.candidate("V1", "a3", SealProof.KIB_2_V1));
      CompletableFuture<RebuildStatus> end =
          harness.start(RequestBuilder.of(SECTOR, RebuildHarness.TIMINGS).host("host-a").build());

      assertThat(harness.catalog.await("parked").note())
          .endsWith(
              " Nodes were asked. Other inputs, the likeliest first: (1) zeros (it says so), (2) V1"
                  + " (it says so). To try them: reseal sectors resume 1001 123 --candidates 3.");
      assertThat(harness.catalog.rankedFor()).containsExactly("c0");
      harness.workflow().resume(new ResumeCommand("anne", null, 3));

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(replicaIds(host, Step.PC2)).containsExactly(RECORDED, "a2");
    }
  }

  // Catches: a wrong CommR of damaged layers that is blamed on the inputs.
  @Test
  void aFailureThatIsExplainedOtherwiseTriesNoOtherInputs() throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.CHECK_SEALED, mismatch());
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.rank(harness.catalog.candidate("zeros", "a2", SealProof.KIB_2_V1_1));
      CompletableFuture<RebuildStatus> end = harness.start(trying(2));

      assertThat(harness.catalog.await("parked").note()).contains("CommR differs.");
      harness.workflow().resume(new ResumeCommand("anne", null));
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(replicaIds(host, Step.PC2)).containsOnly(RECORDED);
    }
  }

  // Catches: candidates that lose the known root of tree C after the first of them.
  @Test
  void withAKnownRootOfTreeCEachCandidateIsOnlyEncoded() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .withRepair(new Repair(null, null, new Commitment("06".repeat(32)), "the sealed file"))
            .failing(Step.ENCODE, mismatch());
    try (RebuildHarness harness = new RebuildHarness(host)) {
      Candidate right = harness.catalog.candidate("zeros", "a2", SealProof.KIB_2_V1_1);
      harness.catalog.rank(right);

      assertThat(harness.start(trying(2)).join().run().state()).isEqualTo(RebuildState.FINISHED);

      assertThat(replicaIds(host, Step.ENCODE)).containsExactly(RECORDED, "a2");
      assertThat(host.ran()).doesNotContain(Step.PC2);
      assertThat(harness.catalog.proven()).containsExactly(right);
    }
  }

  // Catches: an update that is sealed again with its key, or one that nobody tries.
  @Test
  void otherDataOfAnUpdateAreTriedOverTheSameKey() throws Exception {
    FakeHost host =
        failing(1)
            .failing(Step.CHECK_SNAP, updateMismatch())
            .failing(Step.CHECK_SNAP, updateMismatch());
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(0x77);
      harness.catalog.rank(
          harness.catalog.candidate("zeros", "a2", SealProof.KIB_2_V1_1),
          harness.catalog.candidate("V1", "a3", SealProof.KIB_2_V1));
      harness.catalog.rankUpdates(0x41, 0x42);

      RebuildStatus end = harness.start(trying(4)).join();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(replicaIds(host, Step.PERSIST)).containsExactly("a2");
      assertThat(
              host.requests().stream()
                  .filter(request -> request.step() == Step.SNAP_ENCODE)
                  .map(request -> request.facts().snap().commD().hex().substring(0, 2)))
          .containsExactly("77", "41", "42");
      assertThat(alongside(host).get(0)).containsExactly("a2");
      assertThat(harness.catalog.proven())
          .extracting(Candidate::what)
          .containsExactly("zeros", "update 66");
    }
  }

  private static ApplicationFailure updateMismatch() {
    return ApplicationFailure.newNonRetryableFailure(
        "The update's CommR differs.", FailureType.SECTOR_UPDATE_INVALID.code());
  }

  // Catches: a wrong update whose reason names inputs of the key.
  @Test
  void aParkedUpdateNamesOtherData() throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.CHECK_SNAP, updateMismatch());
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(0x77);
      harness.catalog.rank(harness.catalog.candidate("zeros", "a2", SealProof.KIB_2_V1_1));
      harness.catalog.rankUpdates(0x41);
      CompletableFuture<RebuildStatus> end = harness.start();

      assertThat(harness.catalog.await("parked").note())
          .endsWith(
              "(1) update 65 (it says so). To try them: reseal sectors resume 1001 123 --candidates"
                  + " 2.");
      harness.workflow().resume(new ResumeCommand("anne", null, 2));
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Catches: other inputs that take over a rebuild in the middle of its work.
  @Test
  void onlyAParkedRebuildCanBeResumedWithCandidates() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC1);

      assertThatThrownBy(() -> harness.workflow().resume(new ResumeCommand("anne", null, 3)))
          .isInstanceOf(WorkflowUpdateException.class)
          .hasStackTraceContaining("other inputs are tried only from the start");
      host.open(Step.PC1);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }
}
