package io.reseal.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.contract.FailureType;
import io.reseal.contract.MoveCommand;
import io.reseal.contract.Names;
import io.reseal.contract.OperatorCommand;
import io.reseal.contract.PauseCommand;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.RequestBuilder;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.SeedAnswer;
import io.reseal.contract.ThreadGrant;
import io.reseal.options.ActivityProfiles;
import io.reseal.plan.LostKey;
import io.reseal.plan.Repair;
import io.reseal.plan.Step;
import io.reseal.plan.UnsealedWish;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.WorkflowReplayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recorded histories replay with today's code: a rebuild that was begun by an older version goes on
 * after an upgrade. A history that no longer replays means that rebuilds on their way would stop.
 *
 * <p>New ones are recorded by {@code mvn -pl workflows test -Dtest=ReplayTest -Dreseal.record=DIR}.
 */
class ReplayTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "finished",
        "parked-resumed",
        "other-host",
        "aborted",
        "paused-resumed",
        "paused-in-queue",
        "set-back",
        "moved",
        "host-fault",
        "thread-paused",
        "went-on",
        "proved",
        "nothing-lost",
        "snapped",
        "key-kept",
        "key-damaged",
        "synthetic",
        "download",
        "download-failed",
        "repaired",
        "key-repaired",
        "repair-damaged",
        "key-made",
        "unsealed",
        "candidates"
      })
  void replaysWhatOlderVersionsBegan(String name) throws Exception {
    WorkflowReplayer.replayWorkflowExecutionFromResource(history(name), RebuildWorkflowImpl.class);
  }

  /**
   * Catches a replay test that would accept anything: the twin records the request and never
   * inspects.
   */
  @Test
  void refusesCodeThatDoesOtherThings() {
    assertThatThrownBy(
            () ->
                WorkflowReplayer.replayWorkflowExecutionFromResource(
                    history("finished"), BrokenTwin.class))
        .hasMessageContaining("NonDeterministicException")
        .hasMessageContaining("Inspect");
  }

  /** Skips the inspection, and all that follows. */
  public static final class BrokenTwin implements RebuildWorkflow {

    @Override
    public RebuildStatus rebuild(RebuildRequest request) {
      Journal journal = new Journal(request, new ActivityProfiles(request));
      journal.begin();
      journal.close();
      return null;
    }

    @Override
    public void threadHeld(ThreadGrant grant) {}

    @Override
    public void threadResumed(ThreadGrant grant) {}

    @Override
    public String pause(PauseCommand command) {
      return "";
    }

    @Override
    public void validatePause(PauseCommand command) {}

    @Override
    public String move(MoveCommand command) {
      return "";
    }

    @Override
    public void validateMove(MoveCommand command) {}

    @Override
    public String resume(ResumeCommand command) {
      return "";
    }

    @Override
    public void validateResume(ResumeCommand command) {}

    @Override
    public String abort(OperatorCommand command) {
      return "";
    }

    @Override
    public void validateAbort(OperatorCommand command) {}

    @Override
    public RebuildStatus status() {
      return null;
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "reseal.record", matches = ".+")
  void recordsHistories() throws Exception {
    FakeHost plain = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(plain)) {
      harness.run();
      save("finished", harness);
    }
    FakeHost failing =
        new FakeHost("host-a")
            .failing(
                Step.PERSIST,
                ApplicationFailure.newNonRetryableFailure(
                    "No room.", FailureType.HOST_NO_STORE.code()));
    try (RebuildHarness harness = new RebuildHarness(failing)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      harness.workflow().resume(RebuildHarness.ANNE_RESUMES);
      assertThat(end.join()).isNotNull();
      save("parked-resumed", harness);
    }
    FakeHost silent = new FakeHost("host-a").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(silent, new FakeHost("host-b"))) {
      CompletableFuture<RebuildStatus> end = harness.start();
      silent.awaitEntered(Step.PC1);
      silent.fallSilent();
      assertThat(end.join()).isNotNull();
      save("other-host", harness);
    }
    FakeHost held = new FakeHost("host-a").holdingAt(Step.PC2);
    try (RebuildHarness harness = new RebuildHarness(held)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      held.awaitEntered(Step.PC2);
      harness.workflow().abort(RebuildHarness.ANNE);
      assertThat(end.join()).isNotNull();
      save("aborted", harness);
    }
    recordsWordsOfOperators();
    recordsTroubleOfHosts();
    recordsProofs();
    recordsKinds();
    recordsUnsealing();
  }

  private static void recordsKinds() throws Exception {
    try (RebuildHarness harness = new RebuildHarness(new FakeHost("host-a"))) {
      harness.catalog.setSnap(1);
      harness.run();
      save("snapped", harness);
    }
    FakeHost keeping = new FakeHost("host-a").withKeyIn("store-1").withPiecesToDownload(1);
    try (RebuildHarness harness = new RebuildHarness(keeping)) {
      harness.catalog.setSnap(1);
      harness.run();
      save("key-kept", harness);
    }
    FakeHost damaged =
        new FakeHost("host-a")
            .withKeyIn("store-1")
            .failing(Step.SNAP_ENCODE, RebuildHarness.failure(FailureType.SECTOR_KEY_DAMAGED));
    try (RebuildHarness harness = new RebuildHarness(damaged)) {
      harness.catalog.setSnap(1);
      harness.run();
      save("key-damaged", harness);
    }
    recordsRepairs();
    try (RebuildHarness harness = new RebuildHarness(new FakeHost("host-a"))) {
      harness.catalog.setProof(SealProof.KIB_2_SYNTHETIC);
      harness.run();
      save("synthetic", harness);
    }
    FakeHost downloading = new FakeHost("host-a").withPiecesToDownload(2).holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(downloading)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("tree D");
      downloading.open(Step.PC1);
      assertThat(end.join()).isNotNull();
      save("download", harness);
    }
    FakeHost failing =
        new FakeHost("host-a")
            .withPiecesToDownload(2)
            .holdingAt(Step.DOWNLOAD_PIECES)
            .failingAtGate(
                Step.DOWNLOAD_PIECES, RebuildHarness.failure(FailureType.SECTOR_PIECE_MISSING))
            .holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(failing)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      failing.awaitEntered(Step.PC1);
      failing.open(Step.DOWNLOAD_PIECES);
      harness.catalog.await("parked");
      failing.open(Step.PC1);
      harness.workflow().resume(RebuildHarness.ANNE_RESUMES);
      assertThat(end.join()).isNotNull();
      save("download-failed", harness);
    }
  }

  private static void recordsRepairs() throws Exception {
    Repair repair = new Repair("store-1", null, "tree-r-last of the sealed file");
    try (RebuildHarness harness = new RebuildHarness(new FakeHost("host-a").withRepair(repair))) {
      harness.run();
      save("repaired", harness);
    }
    try (RebuildHarness harness = new RebuildHarness(new FakeHost("host-a").withRepair(repair))) {
      harness.catalog.setSnap(1);
      harness.run();
      save("key-repaired", harness);
    }
    FakeHost damaged =
        new FakeHost("host-a")
            .withRepair(repair)
            .failing(Step.REPAIR, RebuildHarness.failure(FailureType.STORE_REPLICA_DAMAGED));
    try (RebuildHarness harness = new RebuildHarness(damaged)) {
      harness.run();
      save("repair-damaged", harness);
    }
    Repair key = Repair.ofLostKey("store-1", "tree-r-last of the update", LostKey.MAKE);
    try (RebuildHarness harness = new RebuildHarness(new FakeHost("host-a").withRepair(key))) {
      harness.catalog.setSnap(1);
      harness.run();
      save("key-made", harness);
    }
  }

  private static void recordsUnsealing() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .unsealing(
                new Unsealing(Unsealing.From.PIECES, true), new Unsealing(Unsealing.From.KEY, true))
            .failing(
                Step.SNAP_ADD_PIECES, RebuildHarness.failure(FailureType.SECTOR_PIECE_MISMATCH));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);
      RebuildRequest request =
          RequestBuilder.of(RebuildHarness.SECTOR, RebuildHarness.TIMINGS)
              .build()
              .with(UnsealedWish.ONLY);
      harness.start(request).join();
      save("unsealed", harness);
    }
    FakeHost wrong =
        new FakeHost("host-a")
            .failing(Step.CHECK_SEALED, wrongCommR("aa"))
            .failing(Step.CHECK_SEALED, wrongCommR("bb"));
    try (RebuildHarness harness = new RebuildHarness(wrong)) {
      harness.catalog.rank(
          harness.catalog.candidate("zeros", "a2", SealProof.KIB_2_V1_1),
          harness.catalog.candidate("V1", "a3", SealProof.KIB_2_V1));
      RebuildRequest request =
          RequestBuilder.of(RebuildHarness.SECTOR, RebuildHarness.TIMINGS).host("host-a").build();
      CompletableFuture<RebuildStatus> end = harness.start(request);
      harness.catalog.await("parked");
      harness.workflow().resume(new ResumeCommand("anne", null, 3));
      end.join();
      save("candidates", harness);
    }
  }

  private static ApplicationFailure wrongCommR(String computed) {
    return ApplicationFailure.newNonRetryableFailure(
        "CommR differs.", FailureType.SECTOR_COMM_R_MISMATCH.code(), computed);
  }

  private static void recordsWordsOfOperators() throws Exception {
    FakeHost paused = new FakeHost("host-a").holdingAt(Step.PC1).holdingAt(Step.PC2);
    try (RebuildHarness harness = new RebuildHarness(paused)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      paused.awaitEntered(Step.PC1);
      harness.workflow().pause(new PauseCommand("anne", false));
      paused.open(Step.PC1);
      harness.catalog.await("paused");
      harness.workflow().resume(RebuildHarness.ANNE_RESUMES);
      paused.awaitEntered(Step.PC2);
      harness.workflow().pause(new PauseCommand("anne", true));
      paused.open(Step.PC2);
      harness.workflow().resume(RebuildHarness.ANNE_RESUMES);
      assertThat(end.join()).isNotNull();
      save("paused-resumed", harness);
    }
    try (RebuildHarness harness = new RebuildHarness(new FakeHost("host-a"))) {
      harness.holds.allBusy();
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.holds.awaitAsked();
      harness.workflow().pause(new PauseCommand("anne", false));
      harness.holds.free();
      harness.workflow().resume(RebuildHarness.ANNE_RESUMES);
      assertThat(end.join()).isNotNull();
      save("paused-in-queue", harness);
    }
    FakeHost setBack =
        new FakeHost("host-a")
            .failing(Step.PERSIST, RebuildHarness.failure(FailureType.CONFIG_INVALID))
            .withUsable(RebuildState.PC1_DONE);
    try (RebuildHarness harness = new RebuildHarness(setBack)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      harness.workflow().resume(new ResumeCommand("anne", RebuildState.PC1_DONE));
      assertThat(end.join()).isNotNull();
      save("set-back", harness);
    }
    FakeHost first =
        new FakeHost("host-a")
            .failing(Step.PC2, RebuildHarness.failure(FailureType.CONFIG_INVALID));
    try (RebuildHarness harness = new RebuildHarness(first, new FakeHost("host-b"))) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      harness.workflow().move(new MoveCommand("anne", "host-b"));
      assertThat(end.join()).isNotNull();
      save("moved", harness);
    }
  }

  private static void recordsTroubleOfHosts() throws Exception {
    FakeHost faulty =
        new FakeHost("host-a").failing(Step.PC2, RebuildHarness.failure(FailureType.HOST_GPU));
    try (RebuildHarness harness = new RebuildHarness(faulty)) {
      harness.run();
      save("host-fault", harness);
    }
    FakeHost waiting =
        new FakeHost("host-a")
            .failing(Step.PC1, RebuildHarness.failure(FailureType.HOST_THREAD_PAUSED));
    try (RebuildHarness harness = new RebuildHarness(waiting)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("thread paused");
      harness.workflow().threadResumed(waiting.grant());
      assertThat(end.join()).isNotNull();
      save("thread-paused", harness);
    }
    FakeHost slow =
        new FakeHost("host-a")
            .failing(
                Step.PC1,
                ApplicationFailure.newNonRetryableFailure(
                    "Killed after layer 3.", FailureType.HOST_STAGE_DIED.code(), true));
    try (RebuildHarness harness = new RebuildHarness(slow)) {
      harness.run();
      save("went-on", harness);
    }
  }

  private static void recordsProofs() throws Exception {
    try (RebuildHarness harness = new RebuildHarness(new FakeHost("host-a"))) {
      harness.catalog.answerSeed(new SeedAnswer(null, null, null));
      harness.catalog.answerSeed(new SeedAnswer(new Randomness("77".repeat(32), 4242), null, null));
      harness.start(RebuildHarness.PROVING).join();
      save("proved", harness);
    }
    try (RebuildHarness harness =
        new RebuildHarness(new FakeHost("host-a").withIntactCopyIn("store-1"))) {
      harness.run();
      save("nothing-lost", harness);
    }
  }

  private static void save(String name, RebuildHarness harness) throws IOException {
    Path file = Path.of(System.getProperty("reseal.record"), name + ".json");
    String json =
        harness.client().fetchHistory(Names.workflowId(RebuildHarness.SECTOR)).toJson(true);
    // Who recorded it does not matter, and is nobody's business.
    Files.writeString(
        file, json.replaceAll("\"identity\": \"[^\"]*\"", "\"identity\": \"reseal\""));
  }

  private static String history(String name) {
    return "histories/" + name + ".json";
  }
}
