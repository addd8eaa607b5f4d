package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.contract.ChangeKind;
import io.reseal.contract.Names;
import io.reseal.contract.OnChain;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.record.Sectors;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunRepositoryIT {

  private static final SectorId SECTOR = new SectorId(1001, 123);

  private final CatalogSettings settings = CatalogDatabase.migrated();
  private Catalog catalog;
  private RunRepository runs;

  @BeforeEach
  void open() {
    catalog = Catalog.open(settings);
    runs = catalog.runs();
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void givesBackWhatItTookAlsoForASectorTheCatalogDoesNotKnow() {
    RunRecord full =
        new RunRecord(
            "run-1",
            Names.workflowId(SECTOR),
            SECTOR,
            RebuildState.PC1_DONE,
            "host-a",
            0,
            1_000,
            2_000,
            3_000L,
            7,
            null,
            null,
            "CommR differs: check the ticket.",
            "Prüfung 🦭",
            "alice");
    List<StateChange> changes =
        List.of(
            new StateChange(
                0,
                RebuildState.EMPTY,
                1_000,
                "requested",
                null,
                null,
                0,
                null,
                null,
                0,
                null,
                null),
            new StateChange(
                1,
                RebuildState.PC1_DONE,
                2_000,
                "PC1",
                "host-a",
                0,
                2,
                1_100L,
                1_900L,
                700,
                "2/2",
                null));
    runs.record(full, changes);
    runs.record(bare("run-2", SECTOR, 1_500), List.of());

    assertThat(runs.find("run-1")).contains(full);
    assertThat(runs.changes("run-1")).isEqualTo(changes);
    assertThat(runs.find("run-2")).contains(bare("run-2", SECTOR, 1_500));
    assertThat(runs.changes("run-2")).isEmpty();
    assertThat(runs.find("run-3")).isEmpty();
  }

  /** Seen to catch a plain insert of the row, and of the changes. */
  @Test
  void changesNothingWhenRecordedTwice() {
    List<StateChange> changes = List.of(change(0, 10), change(1, 20));
    RunRecord run = at(RebuildState.ALLOCATED, 20);
    runs.record(run, changes);
    runs.record(run, changes);
    assertThat(runs.find("run-1")).contains(run);
    assertThat(runs.changes("run-1")).isEqualTo(changes);
  }

  /** Seen to catch an update without the comparison of sequence numbers. */
  @Test
  void keepsTheNewerRowAndTheOlderChangesWhenRecordsArriveInTheWrongOrder() {
    runs.record(at(RebuildState.PC1_DONE, 50), List.of(change(2, 50)));
    runs.record(at(RebuildState.ALLOCATED, 20), List.of(change(0, 10), change(1, 20)));
    assertThat(runs.find("run-1")).contains(at(RebuildState.PC1_DONE, 50));
    assertThat(runs.changes("run-1")).containsExactly(change(0, 10), change(1, 20), change(2, 50));
  }

  /**
   * Temporal's clock was set back by an hour before the run ended, and by then forward. Catches: a
   * comparison of times, after which the catalog never learns that the run ended.
   */
  @Test
  void learnsTheEndOfARunAfterTheClockWasSetBack() {
    long hour = 3_600_000;
    runs.record(at(RebuildState.PC1_DONE, hour + 20), List.of(change(0, 10), change(1, hour + 20)));
    RunRecord finished = row("run-1", SECTOR, RebuildState.FINISHED, "host-a", null, 30L);
    runs.record(finished, List.of(change(2, 30)));
    assertThat(runs.find("run-1").orElseThrow().state()).isEqualTo(RebuildState.FINISHED);
    assertThat(runs.find("run-1").orElseThrow().endedAt()).isEqualTo(30L);

    runs.record(at(RebuildState.PC1_DONE, 2 * hour), List.of(change(1, 2 * hour)));
    assertThat(runs.find("run-1").orElseThrow().state()).isEqualTo(RebuildState.FINISHED);
  }

  /**
   * Workflow time stands still within a workflow task. Seen to catch a comparison of times only.
   */
  @Test
  void ordersRecordsOfTheSameMillisecondByTheirChanges() {
    runs.record(at(RebuildState.ALLOCATED, 20), List.of(change(1, 20)));
    runs.record(at(RebuildState.PC1_DONE, 20), List.of(change(2, 20)));
    runs.record(at(RebuildState.ALLOCATED, 20), List.of(change(1, 20)));
    assertThat(runs.find("run-1")).contains(at(RebuildState.PC1_DONE, 20));
    runs.record(at(RebuildState.PC2_DONE, 20), List.of());
    runs.record(at(RebuildState.ALLOCATED, 20), List.of(change(1, 20)));
    assertThat(runs.find("run-1")).contains(at(RebuildState.PC2_DONE, 20));
  }

  /** Seen to catch a plain insert of the row, and an update without the comparison of times. */
  @Test
  void endsInTheNewestRowWhenManyRecordAtTheSameTime() throws Exception {
    RebuildState[] states = RebuildState.values();
    for (int round = 0; round < 10; round++) {
      String runId = "run-of-round-" + round;
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int seq = 0; seq < states.length; seq++) {
        RunRecord run = run(runId, SECTOR, states[seq], 100 + seq);
        StateChange change = change(seq, 100 + seq);
        tasks.add(
            () -> {
              runs.record(run, List.of(change));
              return true;
            });
      }
      Collections.shuffle(tasks, new Random(round));
      Together.run(tasks);
      assertThat(runs.find(runId))
          .contains(run(runId, SECTOR, states[states.length - 1], 100 + states.length - 1));
      assertThat(runs.changes(runId)).extracting(StateChange::seq).hasSize(states.length);
    }
  }

  /** Seen to catch changes written outside the row's transaction. */
  @Test
  void writesTheRowAndItsChangesTogetherOrNotAtAll() {
    StateChange tooLong =
        new StateChange(
            1, RebuildState.EMPTY, 20, "PC1", "h".repeat(300), 0, 1, null, null, 0, null, null);
    assertThatThrownBy(
            () -> runs.record(at(RebuildState.EMPTY, 20), List.of(change(0, 10), tooLong)))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("Data too long for column 'host'");
    assertThat(runs.find("run-1")).isEmpty();
    assertThat(runs.changes("run-1")).isEmpty();
  }

  /** Catches: a continued rebuild that becomes a second row, or whose links lead to its old run. */
  @Test
  void aRebuildThatContinuesStaysOneRowWithBothIds() {
    runs.record(at(RebuildState.ALLOCATED, 20), List.of(change(0, 10), change(1, 20)));
    runs.record(continued(at(RebuildState.ALLOCATED, 20), "run-1b"), List.of());
    assertThat(runs.ofSector(SECTOR)).extracting(RunRecord::runId).containsExactly("run-1");
    assertThat(runs.find("run-1")).isEqualTo(runs.find("run-1b"));
    assertThat(runs.find("run-1").orElseThrow().runInTemporal()).isEqualTo("run-1b");
    runs.noteError("run-1b", "PC1 died", 1_000);
    assertThat(runs.find("run-1")).map(RunRecord::lastError).contains("PC1 died");
    runs.record(continued(at(RebuildState.PC1_DONE, 30), "run-1b"), List.of(change(2, 30)));
    assertThat(runs.changes("run-1")).hasSize(3);
  }

  private static RunRecord continued(RunRecord run, String current) {
    return new RunRecord(
        run.runId(),
        run.workflowId(),
        run.sector(),
        run.state(),
        run.host(),
        run.threadIndex(),
        run.startedAt(),
        run.updatedAt(),
        run.endedAt(),
        run.attempts(),
        run.batch(),
        run.paused(),
        run.attention(),
        run.lastError(),
        run.requestedBy(),
        current,
        false);
  }

  @Test
  void aChangeOfAnOlderVersionHasTheKindOfItsStep() {
    StateChange parked =
        new StateChange(
            1, RebuildState.EMPTY, 20, "parked", null, null, 0, null, null, 0, "why", null);
    runs.record(at(RebuildState.EMPTY, 20), List.of(parked));
    CatalogDatabase.execute(settings, "UPDATE state_change SET kind = NULL");
    assertThat(runs.changes("run-1")).containsExactly(parked);
    assertThat(parked.kind()).isEqualTo(ChangeKind.PARKED);
  }

  /** The clock was set back before the newest run. Catches: the latest by time. */
  @Test
  void knowsASectorsLatestRun() {
    runs.record(bare("old", SECTOR, 20), List.of());
    runs.record(bare("middle", SECTOR, 30), List.of());
    runs.record(bare("new", SECTOR, 10), List.of());
    runs.record(bare("middle", SECTOR, 30), List.of());
    assertThat(runs.ofSector(SECTOR))
        .extracting(RunRecord::runId)
        .containsExactly("new", "middle", "old");
    runs.record(bare("other", new SectorId(1001, 124), 40), List.of());
    assertThat(runs.latest(SECTOR)).map(RunRecord::runId).contains("new");
    assertThat(runs.latest(new SectorId(1002, 123))).isEmpty();
  }

  @Test
  void listsUnfinishedAndEndedRunsNewestFirst() {
    runs.record(bare("u1", SECTOR, 10), List.of());
    runs.record(bare("u2", SECTOR, 20), List.of());
    runs.record(ended("e1", 5, 90), List.of());
    runs.record(ended("e2", 6, 80), List.of());
    assertThat(runs.unfinished(RunFilter.ANY))
        .extracting(RunRecord::runId)
        .containsExactly("u2", "u1");
    assertThat(ended(RunFilter.ANY)).containsExactly("e1", "e2");
  }

  /** Seen to catch each condition left out of the query in turn. */
  @Test
  void filtersByMinerHostStateAndAttention() {
    SectorId other = new SectorId(1002, 1);
    runs.record(row("a", SECTOR, RebuildState.PC1_DONE, "host-a", null, null), List.of());
    runs.record(row("b", other, RebuildState.PC1_DONE, "host-b", "look", null), List.of());
    runs.record(row("c", other, RebuildState.EMPTY, null, null, null), List.of());
    runs.record(row("d", other, RebuildState.FINISHED, "host-b", null, 9L), List.of());
    runs.record(row("e", SECTOR, RebuildState.ABORTED, "host-a", "look", 8L), List.of());

    assertThat(unfinished(new RunFilter(1002L, null, null, null, null)))
        .containsExactlyInAnyOrder("b", "c");
    assertThat(unfinished(new RunFilter(null, "host-a", null, null, null))).containsExactly("a");
    assertThat(unfinished(new RunFilter(null, "HOST-A", null, null, null))).isEmpty();
    assertThat(unfinished(new RunFilter(null, null, RebuildState.PC1_DONE, null, null)))
        .containsExactlyInAnyOrder("a", "b");
    assertThat(unfinished(new RunFilter(null, null, null, null, true))).containsExactly("b");
    assertThat(unfinished(new RunFilter(null, null, null, null, false)))
        .containsExactlyInAnyOrder("a", "c");
    assertThat(unfinished(new RunFilter(1002L, "host-b", RebuildState.PC1_DONE, null, true)))
        .containsExactly("b");
    assertThat(ended(new RunFilter(1002L, null, null, null, null))).containsExactly("d");
    assertThat(ended(new RunFilter(null, "host-a", RebuildState.ABORTED, null, true)))
        .containsExactly("e");
    assertThat(ended(new RunFilter(null, "host-a", RebuildState.FINISHED, null, null))).isEmpty();
  }

  @Test
  void filtersByBatch() {
    runs.record(inBatch("a", "disk-7"), List.of());
    runs.record(inBatch("b", "disk-8"), List.of());
    runs.record(inBatch("c", null), List.of());

    assertThat(unfinished(new RunFilter(null, null, null, "disk-8", null))).containsExactly("b");
  }

  /**
   * The clock was set back before the second one was asked for. Seen to catch held, parked and
   * paused ones counted as waiting, the filter before the count, and an order by time.
   */
  @Test
  void tellsTheQueuedTheirPlacesInTheOrderAskedFor() {
    runs.record(
        row("parked", new SectorId(1, 1), RebuildState.EMPTY, null, "look", null), List.of());
    runs.record(
        row("held", new SectorId(1, 2), RebuildState.PC1_DONE, "host-a", null, null), List.of());
    runs.record(paused("paused", new SectorId(1, 6)), List.of());
    runs.record(bare("first", new SectorId(1, 4), 20), List.of());
    runs.record(bare("second", new SectorId(1, 3), 10), List.of());
    runs.record(bare("third", new SectorId(2, 5), 30), List.of());
    catalog
        .threads()
        .report(
            "host-a",
            List.of(
                new ThreadRow(
                    "host-a",
                    0,
                    "/scratch",
                    "rebuild",
                    new SectorId(1, 2),
                    false,
                    null,
                    false,
                    "PC1Done",
                    null,
                    "PC2: tree C",
                    null,
                    Instant.ofEpochMilli(77))));

    List<RebuildLine> lines = new ArrayList<>();
    runs.eachUnfinished(new RunFilter(1L, null, null, null, null), lines::add);

    assertThat(lines)
        .extracting(line -> line.run().runId(), RebuildLine::place, RebuildLine::waiting)
        .containsExactlyInAnyOrder(
            tuple("parked", null, null),
            tuple("held", null, null),
            tuple("paused", null, null),
            tuple("second", 2, 3),
            tuple("first", 1, 3));
    assertThat(runs.unfinished("held").orElseThrow())
        .extracting(RebuildLine::progress, RebuildLine::seenAt)
        .containsExactly("PC2: tree C", Instant.ofEpochMilli(77));
    assertThat(runs.unfinished("third").orElseThrow().place()).isEqualTo(3);
    assertThat(runs.unfinished("nobody")).isEmpty();
  }

  /**
   * Seen to catch times of another host, step or proof, older ones, and the mean in place of the
   * median.
   */
  @Test
  void learnsWhatAStepUsuallyTakesFromItsNewestNineTimes() {
    catalog.sectors().add(Sectors.withPieces());
    SectorId sector = Sectors.withPieces().id();
    SealProof proof = Sectors.withPieces().proof();
    assertThat(runs.typicalMillis("host-a", "PC1", proof)).isEmpty();

    for (int i = 0; i < 12; i++) {
      runs.record(
          bare("r" + i, sector, i),
          List.of(change(0, "host-a", "PC1", i, i < 3 ? 1 : 100 + i * i)));
    }
    runs.record(
        bare("other", sector, 50),
        List.of(change(0, "host-b", "PC1", 50, 9_000), change(1, "host-a", "PC2", 51, 9_000)));
    runs.record(bare("stranger", SECTOR, 60), List.of(change(0, "host-a", "PC1", 60, 1_000_000)));

    assertThat(runs.typicalMillis("host-a", "PC1", proof)).hasValue(149);
    assertThat(runs.typicalMillis("host-a", "PC1", SealProof.GIB_32_V1_1)).isEmpty();
  }

  /**
   * The host's clock may run far ahead of the workflow's. Seen to catch a note that moved
   * updatedAt, after which the run's own records no longer counted.
   */
  @Test
  void showsAFailedAttemptUntilTheRunIsRecordedAgain() {
    runs.record(at(RebuildState.ALLOCATED, 20), List.of());
    runs.noteError("run-1", "PC1 died", 1_000_000);
    assertThat(runs.find("run-1")).map(RunRecord::lastError).contains("PC1 died");
    assertThat(runs.find("run-1")).map(RunRecord::updatedAt).contains(20L);
    runs.noteError("run-1", "PC1 died again, after the clock was set back", 999_999);
    assertThat(runs.find("run-1"))
        .map(RunRecord::lastError)
        .contains("PC1 died again, after the clock was set back");
    runs.record(at(RebuildState.PC1_DONE, 30), List.of());
    assertThat(runs.find("run-1")).contains(at(RebuildState.PC1_DONE, 30));
    runs.noteError("run-1", "by a host whose clock is behind", 5);
    assertThat(runs.find("run-1"))
        .map(RunRecord::lastError)
        .contains("by a host whose clock is behind");
  }

  @Test
  void notesNoErrorOnARunThatEndedOrIsNotKnown() {
    runs.record(ended("run-1", 5, 90), List.of());
    runs.noteError("run-1", "too late", 100);
    runs.noteError("run-2", "whose?", 100);
    assertThat(runs.find("run-1")).contains(ended("run-1", 5, 90));
    assertThat(runs.find("run-2")).isEmpty();
  }

  /** Catches: what was seen on chain before a rebuild had put its sector back. */
  @Test
  void aRebuildThatHasEndedIsListedWithWhatTheChainHasShownSince() {
    runs.record(ended("run-1", 5, 90), List.of());
    assertThat(onChain()).containsOnlyNulls();
    seen(OnChain.Status.PROVEN, 89);
    assertThat(onChain()).containsOnlyNulls();
    seen(OnChain.Status.RECOVERING, 90);
    assertThat(onChain()).containsExactly("recovering");
  }

  private void seen(OnChain.Status status, long at) {
    catalog
        .followed()
        .seen(
            FollowedRow.of(
                SECTOR,
                new OnChain(status, 9, 3, "", null, null, null, null, List.of(), null),
                null,
                at));
  }

  private List<String> onChain() {
    List<String> words = new ArrayList<>();
    runs.eachEnded(RunFilter.ANY, line -> words.add(line.onChain()));
    return words;
  }

  private List<String> unfinished(RunFilter filter) {
    return runs.unfinished(filter).stream().map(RunRecord::runId).toList();
  }

  private List<String> ended(RunFilter filter) {
    List<String> ids = new ArrayList<>();
    runs.eachEnded(filter, line -> ids.add(line.run().runId()));
    return ids;
  }

  private static RunRecord at(RebuildState state, long updatedAt) {
    return run("run-1", SECTOR, state, updatedAt);
  }

  private static RunRecord run(String runId, SectorId sector, RebuildState state, long updatedAt) {
    return new RunRecord(
        runId,
        Names.workflowId(sector),
        sector,
        state,
        null,
        null,
        10,
        updatedAt,
        null,
        0,
        null,
        null,
        null,
        null,
        null);
  }

  private static RunRecord bare(String runId, SectorId sector, long startedAt) {
    return new RunRecord(
        runId,
        Names.workflowId(sector),
        sector,
        RebuildState.EMPTY,
        null,
        null,
        startedAt,
        startedAt,
        null,
        0,
        null,
        null,
        null,
        null,
        null);
  }

  private static RunRecord paused(String runId, SectorId sector) {
    return new RunRecord(
        runId,
        Names.workflowId(sector),
        sector,
        RebuildState.EMPTY,
        null,
        null,
        5,
        5,
        null,
        0,
        null,
        "by anne",
        null,
        null,
        null);
  }

  private static RunRecord ended(String runId, long startedAt, long endedAt) {
    return new RunRecord(
        runId,
        Names.workflowId(SECTOR),
        SECTOR,
        RebuildState.FINISHED,
        "host-a",
        0,
        startedAt,
        endedAt,
        endedAt,
        9,
        null,
        null,
        null,
        null,
        "alice");
  }

  private static RunRecord row(
      String runId,
      SectorId sector,
      RebuildState state,
      String host,
      String attention,
      Long endedAt) {
    return new RunRecord(
        runId,
        Names.workflowId(sector),
        sector,
        state,
        host,
        host == null ? null : 0,
        1,
        2,
        endedAt,
        0,
        null,
        null,
        attention,
        null,
        null);
  }

  private static StateChange change(int seq, long at) {
    return new StateChange(
        seq, RebuildState.ALLOCATED, at, "step " + seq, "host-a", 0, 1, null, at, 0, null, null);
  }

  private static RunRecord inBatch(String runId, String batch) {
    return new RunRecord(
        runId,
        Names.workflowId(SECTOR),
        SECTOR,
        RebuildState.EMPTY,
        null,
        null,
        1,
        2,
        null,
        0,
        batch,
        null,
        null,
        null,
        null);
  }

  private static StateChange change(int seq, String host, String step, long at, long millis) {
    return new StateChange(
        seq, RebuildState.PC1_DONE, at, step, host, 0, 1, at, at + millis, 0, null, null);
  }
}
