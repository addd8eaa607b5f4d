package io.reseal.rebuild;

import static io.reseal.rebuild.RebuildHarness.ANNE_RESUMES;
import static io.reseal.rebuild.RebuildHarness.change;
import static io.reseal.rebuild.RebuildHarness.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.contract.FailureType;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RequestBuilder;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.StageRequest;
import io.reseal.contract.StoredCopy;
import io.reseal.plan.Repair;
import io.reseal.plan.Step;
import io.reseal.plan.UnsealedWish;
import io.reseal.plan.Unsealing;
import io.reseal.plan.Unsealing.From;
import io.reseal.sector.RebuildState;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rebuilds that store the unsealed copy, alone or besides what is lost. */
class UnsealTest {

  private static final Unsealing NOTHING = new Unsealing(From.NOTHING, true);
  private static final Unsealing PIECES = new Unsealing(From.PIECES, true);
  private static final Unsealing KEY = new Unsealing(From.KEY, true);
  private static final Unsealing LABELS = new Unsealing(From.LABELS, true);

  private static RebuildRequest wanting(UnsealedWish wish) {
    return RequestBuilder.of(RebuildHarness.SECTOR, RebuildHarness.TIMINGS).build().with(wish);
  }

  // Catches: a sector that is sealed for its data; steps that do not know what they are for.
  @Test
  void makesOnlyTheUnsealedCopy() {
    FakeHost host = new FakeHost("host-a").unsealing(KEY);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);
      RebuildStatus end = harness.start(wanting(UnsealedWish.ONLY)).join();

      assertThat(host.ran())
          .containsExactly(Step.FETCH_PIECES, Step.DECODE, Step.PERSIST, Step.CHECK_STORED);
      assertThat(harness.catalog.statesSeen())
          .containsSubsequence("Allocated", "SealedChecked", "SnapDone", "Persisted", "Finished");
      assertThat(change(end, "keep sealed file").note())
          .isEqualTo("left as it is: only the unsealed copy is made");
      assertThat(host.requests())
          .extracting(StageRequest::unsealed, StageRequest::unsealing)
          .containsExactly(
              tuple(UnsealedWish.ONLY, null),
              tuple(UnsealedWish.ONLY, KEY),
              tuple(UnsealedWish.ONLY, KEY),
              tuple(UnsealedWish.ONLY, KEY));
      assertThat(host.requests().get(3).stored())
          .isEqualTo(new StoredCopy("store-of-host-a", "/store"));
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Catches: labels that are made without PC1's place in the plan.
  @Test
  void labelsTheSectorWhereNothingElseIsLeft() {
    FakeHost host = new FakeHost("host-a").unsealing(LABELS);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.start(wanting(UnsealedWish.ONLY)).join();

      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES, Step.PC1, Step.DECODE, Step.PERSIST, Step.CHECK_STORED);
      assertThat(change(end, "no pieces").note())
          .isEqualTo("a piece is missing; the data are decoded");
      assertThat(change(end, "no tree D").note()).isEqualTo("not needed to decode");
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Catches: a summary that says that nothing was lost of a sector that was not looked at.
  @Test
  void hasNothingToDoWhereAStoreHasIt() {
    FakeHost host = new FakeHost("host-a").withIntactCopyIn("nas-1").unsealing(NOTHING);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.start(wanting(UnsealedWish.ONLY)).join();

      assertThat(host.ran()).containsExactly(Step.FETCH_PIECES);
      assertThat(change(end, "fetch pieces").note()).isEqualTo("nothing to do: done");
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Catches: a rebuild that parks for a piece although the data can be had without.
  @Test
  void triesAnotherWayWhereAPieceDoesNotArrive() {
    FakeHost host =
        new FakeHost("host-a")
            .unsealing(PIECES, KEY)
            .withPiecesToDownload(1)
            .failing(Step.DOWNLOAD_PIECES, failure(FailureType.SECTOR_PIECE_MISMATCH));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);

      assertThat(harness.start(wanting(UnsealedWish.ONLY)).join().run().state())
          .isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES,
              Step.DOWNLOAD_PIECES,
              Step.FETCH_PIECES,
              Step.DECODE,
              Step.PERSIST,
              Step.CHECK_STORED);
    }
  }

  // Catches: a rebuild that goes round in a circle; one that never tries the pieces again.
  @Test
  void parksWhereThereIsNoOtherWay() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .unsealing(PIECES)
            .failing(
                Step.ADD_PIECES,
                failure(FailureType.SECTOR_PIECE_MISMATCH),
                failure(FailureType.SECTOR_PIECE_MISMATCH));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start(wanting(UnsealedWish.ONLY));
      harness.catalog.await("parked");
      assertThat(harness.workflow().resume(ANNE_RESUMES)).contains("continues");

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES,
              Step.ADD_PIECES,
              Step.FETCH_PIECES,
              Step.ADD_PIECES,
              Step.ADD_PIECES,
              Step.PERSIST,
              Step.CHECK_STORED);
    }
  }

  // Catches: data of which nobody knows whether they are right, decoded again and again.
  @Test
  void parksWhereWhatIsDecodedIsWrong() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .unsealing(KEY)
            .failing(Step.DECODE, failure(FailureType.SECTOR_NOT_DECODED));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);
      CompletableFuture<RebuildStatus> end = harness.start(wanting(UnsealedWish.ONLY));
      harness.catalog.await("parked");
      assertThat(harness.workflow().status().run().attention())
          .startsWith("Sector.NotDecoded: ")
          .contains("sectors check --level full");
      assertThat(harness.workflow().resume(ANNE_RESUMES)).contains("continues");

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES, Step.DECODE, Step.DECODE, Step.PERSIST, Step.CHECK_STORED);
    }
  }

  // Seen to fail: with a host that is not told what its files are for, and asked for those of
  // sealing.
  @Test
  void goesBackToItsLabels() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .unsealing(LABELS)
            .withUsable(RebuildState.PC1_DONE)
            .failing(Step.PERSIST, failure(FailureType.CONFIG_INVALID));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start(wanting(UnsealedWish.ONLY));
      harness.catalog.await("parked");
      assertThat(harness.workflow().resume(new ResumeCommand("anne", RebuildState.PC1_DONE)))
          .isEqualTo("The rebuild of f01001/123 continues from PC1Done.");

      assertThat(host.askedUnsealing()).isEqualTo(LABELS);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES,
              Step.PC1,
              Step.DECODE,
              Step.PERSIST,
              Step.DECODE,
              Step.PERSIST,
              Step.CHECK_STORED);
    }
  }

  // Catches: a copy that is checked again without being stored again.
  @Test
  void storesItAgainWhereTheStoredCopyChanges() {
    FakeHost host =
        new FakeHost("host-a")
            .unsealing(PIECES)
            .failing(Step.CHECK_STORED, failure(FailureType.STORE_COPY_DAMAGED));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      assertThat(harness.start(wanting(UnsealedWish.ONLY)).join().run().state())
          .isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES,
              Step.ADD_PIECES,
              Step.PERSIST,
              Step.CHECK_STORED,
              Step.PERSIST,
              Step.CHECK_STORED);
    }
  }

  // Catches: a rebuild that forgets the copy where it repairs, or where it seals.
  @Test
  void storesItBesidesWhatIsLost() {
    FakeHost repairing =
        new FakeHost("host-a")
            .withRepair(new Repair("nas-1", "nas-1", "p_aux of the update"))
            .unsealing(new Unsealing(From.KEY, false));
    try (RebuildHarness harness = new RebuildHarness(repairing)) {
      harness.catalog.setSnap(1);
      harness.start(wanting(UnsealedWish.ALSO)).join();
      assertThat(repairing.ran())
          .containsExactly(Step.FETCH_PIECES, Step.DECODE, Step.REPAIR, Step.CHECK_STORED);
    }
    Unsealing assembled = new Unsealing(From.ASSEMBLED, false);
    FakeHost sealing = new FakeHost("host-a").unsealing(assembled);
    try (RebuildHarness harness = new RebuildHarness(sealing)) {
      harness.start(wanting(UnsealedWish.ALSO)).join();
      assertThat(sealing.ran()).contains(Step.PC2).doesNotContain(Step.DECODE);
      assertThat(sealing.requests())
          .filteredOn(request -> request.step() == Step.PERSIST)
          .extracting(StageRequest::unsealing)
          .containsExactly(assembled);
    }
  }

  // Catches: a worker that does not know the wish and seals the sector, or says that all is there.
  @Test
  void doesNotLetAnOlderWorkerDoSomethingElse() throws Exception {
    FakeHost older = new FakeHost("host-a").withIntactCopyIn("nas-1");
    try (RebuildHarness harness = new RebuildHarness(older)) {
      CompletableFuture<RebuildStatus> end = harness.start(wanting(UnsealedWish.ONLY));
      harness.catalog.await("parked");
      assertThat(harness.workflow().status().run().attention())
          .startsWith("host-a runs an older version of Reseal");
      older.unsealing(PIECES);
      older.withIntactCopyIn(null);
      assertThat(harness.workflow().resume(ANNE_RESUMES)).contains("continues");

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(older.ran())
          .containsExactly(
              Step.FETCH_PIECES,
              Step.FETCH_PIECES,
              Step.ADD_PIECES,
              Step.PERSIST,
              Step.CHECK_STORED);
    }
  }
}
