package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.contract.BatchSector;
import io.reseal.contract.BatchState;
import io.reseal.contract.Names;
import io.reseal.contract.OnChain;
import io.reseal.contract.RunRecord;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.contract.StateChange;
import io.reseal.losses.Verdict;
import io.reseal.plan.UnsealedWish;
import io.reseal.record.Sectors;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchRepositoryIT {

  private final CatalogSettings settings = CatalogDatabase.migrated();
  private Catalog catalog;
  private BatchRepository batches;

  @BeforeEach
  void open() {
    catalog = Catalog.open(settings);
    batches = catalog.batches();
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static SectorId sector(long number) {
    return new SectorId(1001, number);
  }

  private void add(String name, long... numbers) {
    batches.add(
        BatchRecord.asked(
            name, numbers.length, 3, "host-a", true, false, true, UnsealedWish.ALSO, "alice"),
        LongStream.of(numbers).mapToObj(BatchRepositoryIT::sector).toList());
  }

  private long startOf(String name) {
    return batches.find(name).orElseThrow().startedAt();
  }

  private RunRecord run(
      String id, long number, RebuildState state, long startedAt, Long endedAt, String attention) {
    RunRecord run =
        new RunRecord(
            id,
            Names.workflowId(sector(number)),
            sector(number),
            state,
            "host-a",
            0,
            startedAt,
            startedAt + 1,
            endedAt,
            1,
            null,
            null,
            attention,
            null,
            "alice");
    catalog
        .runs()
        .record(
            run,
            List.of(
                new StateChange(
                    0, state, startedAt, "PC1", "host-a", 0, 1, 1L, 2L, 0, null, null)));
    return run;
  }

  private void end(String id, long number, long at) {
    RunRecord run = catalog.runs().find(id).orElseThrow();
    catalog
        .runs()
        .record(
            new RunRecord(
                id,
                run.workflowId(),
                sector(number),
                RebuildState.FINISHED,
                "host-a",
                0,
                run.startedAt(),
                at,
                at,
                1,
                null,
                null,
                null,
                null,
                "alice"),
            List.of(
                new StateChange(
                    1, RebuildState.FINISHED, at, "PC1", "host-a", 0, 1, 1L, 2L, 0, null, null)));
  }

  @Test
  void aBatchIsKeptWithItsSectorsInTheOrderGiven() {
    add("disk-7", 5, 3, 9);
    BatchRecord kept = batches.find("disk-7").orElseThrow();
    assertThat(kept)
        .usingRecursiveComparison()
        .ignoringFields("startedAt")
        .isEqualTo(
            BatchRecord.asked(
                "disk-7", 3, 3, "host-a", true, false, true, UnsealedWish.ALSO, "alice"));
    assertThat(batches.sectors("disk-7")).containsExactly(sector(5), sector(3), sector(9));
    assertThat(batches.find("disk-8")).isEmpty();
    assertThatThrownBy(() -> add("disk-7", 1))
        .isInstanceOf(CatalogException.class)
        .hasMessage("Batch disk-7 exists already; nothing was changed.");
    assertThat(batches.sectors("disk-7")).hasSize(3);
  }

  /** Seen to catch: any run of the sector taken for the batch's. */
  @Test
  void aSectorStandsAsItsNewestRunSinceTheBatch() {
    run("before", 1, RebuildState.FINISHED, 100, 200L, null);
    run("joined", 2, RebuildState.PC1_DONE, 100, null, null);
    add("disk-7", 1, 2, 3, 4, 5, 6);
    long start = startOf("disk-7");
    end("joined", 2, start + 5);
    run("dropped", 3, RebuildState.ABORTED, start + 1, start + 2L, null);
    run("again", 3, RebuildState.PC1_DONE, start + 3, null, null);
    run("parked", 4, RebuildState.ALLOCATED, start + 1, null, "look");
    run("aborted", 5, RebuildState.ABORTED, start + 1, start + 2L, "look");

    assertThat(batches.outcomes("disk-7"))
        .extracting(BatchOutcome::kind)
        .containsExactly(
            BatchOutcome.Kind.QUEUED,
            BatchOutcome.Kind.FINISHED,
            BatchOutcome.Kind.RUNNING,
            BatchOutcome.Kind.PARKED,
            BatchOutcome.Kind.DROPPED,
            BatchOutcome.Kind.QUEUED);
    assertThat(batches.counts("disk-7")).contains(new BatchCounts("disk-7", 1, 1, 1, 1, 2));
    assertThat(batches.open("disk-7"))
        .extracting(outcome -> outcome.run().runId())
        .containsExactly("again", "parked");
    assertThat(batches.queued("disk-7")).containsExactly(sector(1), sector(6));
    assertThat(batches.rate(batches.find("disk-7").orElseThrow(), start + 3_600_005L))
        .contains(new BatchRate(3_600_000.0 / 3_600_005));
    assertThat(batches.outcomes("disk-7", List.of(sector(3))))
        .extracting(outcome -> outcome.run().runId())
        .containsExactly("again");
    assertThat(batches.changes("disk-7")).containsOnlyKeys("joined", "again", "parked", "aborted");
  }

  /** Temporal's clock is an hour behind the database's. Catches: runs chosen by time. */
  @Test
  void aBatchKnowsItsRunsWhateverTheClocksSay() {
    long hour = 3_600_000;
    run("before", 1, RebuildState.FINISHED, hour, System.currentTimeMillis() + hour, null);
    add("disk-7", 1, 2);
    long behind = startOf("disk-7") - hour;
    run("in it", 2, RebuildState.FINISHED, behind, behind + 1, null);
    assertThat(batches.counts("disk-7")).contains(new BatchCounts("disk-7", 1, 0, 0, 0, 1));
    batches.become("disk-7", BatchState.FINISHED, null);
    run("later", 2, RebuildState.EMPTY, behind + 2, null, null);
    assertThat(batches.counts("disk-7")).contains(new BatchCounts("disk-7", 1, 0, 0, 0, 1));
  }

  // Fails if a batch from before runs had ordinals takes a run from before it, or from after its
  // end, for its own once its tables are migrated.
  @Test
  void aBatchFromBeforeOrdinalsKeepsItsRuns() throws IOException {
    add("disk-7", 1, 2, 3);
    long start = startOf("disk-7");
    run("before", 1, RebuildState.FINISHED, start - 900, start - 800L, null);
    run("in it", 2, RebuildState.FINISHED, start, start + 1, null);
    run("joined", 3, RebuildState.FINISHED, start - 900, start + 1, null);
    batches.become("disk-7", BatchState.FINISHED, null);
    CatalogDatabase.execute(
        settings,
        "ALTER TABLE batch_sector MODIFY COLUMN after_run BIGINT NULL",
        "UPDATE batch_sector SET after_run = NULL",
        "UPDATE batch SET last_run = NULL");
    run("later", 2, RebuildState.EMPTY, 9_000_000_000_000L, null, null);

    try (InputStream sql =
        getClass()
            .getResourceAsStream("/db/migration/V20261204_10__runs_of_a_batch_by_ordinal.sql")) {
      CatalogDatabase.execute(
          settings, new String(sql.readAllBytes(), StandardCharsets.UTF_8).trim().split(";"));
    }
    assertThat(batches.outcomes("disk-7"))
        .extracting(BatchOutcome::kind)
        .containsExactly(
            BatchOutcome.Kind.QUEUED, BatchOutcome.Kind.FINISHED, BatchOutcome.Kind.FINISHED);
  }

  /** Seen to catch: a later rebuild of the sector shown as the ended batch's. */
  @Test
  void anEndedBatchKeepsItsOutcomeWhateverBecomesOfItsSectorsLater() {
    add("disk-7", 1);
    run("in it", 1, RebuildState.FINISHED, startOf("disk-7"), startOf("disk-7") + 1, null);
    batches.become("disk-7", BatchState.FINISHED, null);
    long end = batches.find("disk-7").orElseThrow().endedAt();
    run("later", 1, RebuildState.EMPTY, end + 1, null, null);
    assertThat(batches.counts("disk-7")).contains(new BatchCounts("disk-7", 1, 0, 0, 0, 0));
    assertThat(batches.outcomes("disk-7"))
        .extracting(outcome -> outcome.run().runId())
        .containsExactly("in it");
  }

  @Test
  void aPageTellsProofAndWhetherASectorIsFinished() {
    catalog.sectors().add(Sectors.bare(1001, 1));
    catalog.sectors().add(Sectors.bare(1001, 2));
    add("disk-7", 2, 1, 3);
    run("done", 1, RebuildState.FINISHED, startOf("disk-7"), startOf("disk-7") + 1, null);
    assertThat(batches.page("disk-7", 1, 100))
        .containsExactly(
            new BatchSector(sector(1), SealProof.KIB_2_V1, true, null),
            new BatchSector(sector(3), null, false, null));
    assertThat(batches.page("disk-7", 0, 1))
        .containsExactly(new BatchSector(sector(2), SealProof.KIB_2_V1, false, null));
    assertThat(batches.page("disk-7", 3, 10)).isEmpty();
  }

  @Test
  void statesEndAndBeginAgain() {
    add("disk-7", 1);
    assertThat(batches.working()).isEmpty();
    batches.become("disk-7", BatchState.RUNNING, null);
    assertThat(batches.working()).hasSize(1);
    assertThat(batches.openOf(sector(1))).containsExactly("disk-7");
    assertThat(batches.endIfWorking("disk-7", BatchState.ENDED_FROM_OUTSIDE, "terminated"))
        .isTrue();
    assertThat(batches.endIfWorking("disk-7", BatchState.ENDED_FROM_OUTSIDE, "twice")).isFalse();
    BatchRecord ended = batches.find("disk-7").orElseThrow();
    assertThat(ended.endedAt()).isNotNull();
    assertThat(ended.note()).isEqualTo("terminated");
    assertThat(batches.openOf(sector(1))).isEmpty();

    batches.restart(ended);
    BatchRecord again = batches.find("disk-7").orElseThrow();
    assertThat(again.state()).isEqualTo(BatchState.STARTING);
    assertThat(again.endedAt()).isNull();
    assertThat(again.startedAt()).isEqualTo(ended.startedAt());
  }

  @Test
  void unknownSectorsAreNamedInOrder() {
    catalog.sectors().add(Sectors.bare(1001, 5));
    assertThat(batches.unknown(List.of(sector(9), sector(5), new SectorId(1002, 5), sector(1))))
        .containsExactly(sector(9), new SectorId(1002, 5), sector(1));
    assertThat(batches.unknown(List.of(sector(5)))).isEmpty();
  }

  /** Seen to catch: an end that is not among the changes. */
  @Test
  void aRunIsEndedFromOutsideOnceWithAChangeThatSaysSo() {
    run("lost", 1, RebuildState.PC1_DONE, 1_000, null, "look");
    assertThat(catalog.runs().endFromOutside("lost", "Ended from outside: gone.", 5_000)).isTrue();
    assertThat(catalog.runs().endFromOutside("lost", "again", 6_000)).isFalse();
    assertThat(catalog.runs().endFromOutside("unknown", "again", 6_000)).isFalse();

    RunRecord run = catalog.runs().find("lost").orElseThrow();
    assertThat(run.state()).isEqualTo(RebuildState.ABORTED);
    assertThat(run.endedAt()).isEqualTo(5_000);
    assertThat(run.attention()).isNull();
    assertThat(run.lastError()).isEqualTo("Ended from outside: gone.");
    assertThat(catalog.runs().changes("lost"))
        .last()
        .isEqualTo(
            new StateChange(
                1,
                RebuildState.ABORTED,
                5_000,
                "ended from outside",
                "host-a",
                0,
                0,
                null,
                null,
                0,
                "Ended from outside: gone.",
                null));
  }

  /** Fails if an amount is rounded, or a part of what was known is lost. */
  @Test
  void whatWasKnownOfLossesComesBackExactly() {
    BigInteger amount = new BigInteger("2000000000123456789012345678");
    BatchLoss faulty =
        new BatchLoss(
            sector(1),
            5,
            Verdict.FAULTY,
            "its sealed file",
            2048,
            true,
            3,
            1,
            null,
            6,
            7,
            8,
            9,
            null,
            amount,
            amount.add(BigInteger.ONE),
            amount.negate(),
            BigInteger.ZERO);
    BatchLoss willFault =
        new BatchLoss(
            sector(2),
            5,
            Verdict.WILL_FAULT,
            "",
            2048,
            false,
            3,
            1,
            4L,
            6,
            7,
            8,
            9,
            10L,
            amount,
            amount,
            amount,
            amount);
    batches.add(
        BatchRecord.asked("lost", 3, 3, null, false, false, false, null, "alice"),
        List.of(sector(1), sector(2), sector(3)),
        List.of(faulty, willFault));
    assertThat(batches.losses("lost")).containsExactlyInAnyOrder(faulty, willFault);
    assertThat(batches.losses("other")).isEmpty();
  }

  /** Its statements are a handful however many sectors there are. */
  @Test
  void tenThousandSectorsAreNoTrouble() {
    add("big", LongStream.range(0, 10_000).toArray());
    assertThat(batches.counts("big")).contains(new BatchCounts("big", 0, 0, 0, 0, 10_000));
    assertThat(batches.outcomes("big")).hasSize(10_000);
    assertThat(batches.page("big", 9_950, 100)).hasSize(50);
  }

  // Fails if what the chain said before a sector was put back counts, or one that was not looked at
  // is left out.
  @Test
  void finishedSectorsAreCountedByWhatTheChainHasShownSince() {
    add("disk-7", 1, 2, 3, 4);
    run("one", 1, 1_000L);
    run("two", 2, 1_000L);
    run("three", 3, 1_000L);
    run("four", 4, null);
    seen(1, OnChain.Status.PROVEN, 2_000);
    seen(2, OnChain.Status.PROVEN, 500);
    assertThat(batches.tally("disk-7"))
        .contains(
            new BatchTally(
                new BatchCounts("disk-7", 3, 0, 0, 1, 0), Map.of("proven", 1L, "not seen", 2L)));
  }

  // Fails if trouble from before a sector was put back is shown, or of one that is not finished or
  // has ended on the chain; or if one of the two kinds of trouble is left out.
  @Test
  void finishedSectorsThatNeedAPersonAreThoseInTroubleSince() {
    add("disk-7", 5, 4, 3, 2, 1);
    add("other", 6);
    List.of(1, 2, 3, 4, 6).forEach(number -> run("run-" + number, number, 1_000L));
    run("running", 5, null);
    seen(1, OnChain.Status.FAULTY, "late", null, 2_000);
    seen(2, OnChain.Status.FAULTY, null, SoftwareAnswer.doesNotSee("no entry", "find"), 1_000);
    seen(3, OnChain.Status.ENDED, "too late", null, 2_000);
    seen(4, OnChain.Status.FAULTY, "before", null, 999);
    seen(5, OnChain.Status.FAULTY, "not back", null, 2_000);
    seen(6, OnChain.Status.FAULTY, "another batch's", null, 2_000);
    assertThat(catalog.followed().troubledOfBatch("disk-7"))
        .extracting(FollowedRow::sector)
        .containsExactly(sector(2), sector(1));
  }

  private void run(String id, long number, Long endedAt) {
    catalog
        .runs()
        .record(
            new RunRecord(
                id,
                Names.workflowId(sector(number)),
                sector(number),
                endedAt == null ? RebuildState.PC1_DONE : RebuildState.FINISHED,
                "host-a",
                0,
                1,
                2,
                endedAt,
                1,
                null,
                null,
                null,
                null,
                "alice"),
            List.of());
  }

  private void seen(long number, OnChain.Status status, long at) {
    seen(number, status, null, null, at);
  }

  private void seen(
      long number, OnChain.Status status, String attention, SoftwareAnswer answer, long at) {
    catalog
        .followed()
        .seen(
            FollowedRow.of(
                sector(number),
                new OnChain(status, 5, 2, "", attention, null, null, null, List.of(), null),
                answer,
                at));
  }
}
