package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.contract.BatchState;
import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.sector.Piece;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many sectors at once, on real parts: a missing piece, a terminated rebuild, a dead batch. */
@ExtendWith(FleetExtension.class)
@Timeout(300)
class BatchIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Fleet fleet;
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;
  private final Stops stops;

  BatchIT(Fleet fleet, Lab lab, Ask ask, Runs runs, Stops stops) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
    this.stops = stops;
  }

  /** Seen to catch: children that end with their batch. */
  @Test
  void batchBringsBackAllWhateverHappensToOneOfThem() throws Exception {
    Piece piece = lab.piece(2048, 0);
    LostSector incomplete = lab.lose(SealProof.KIB_2_V1_1, piece);
    byte[] data = Files.readAllBytes(fleet.pieces().resolve(piece.cid()));
    Files.delete(fleet.pieces().resolve(piece.cid()));
    LostSector terminated = lab.bigOne();
    List<LostSector> all = new ArrayList<>(List.of(incomplete, terminated));
    for (int i = 0; i < 10; i++) {
      all.add(lab.lose(SealProof.KIB_2_V1_1));
    }
    Path list = Files.createTempFile("sectors", ".txt");
    List<String> lines = all.stream().map(sector -> sector.id().toString()).toList();
    Files.write(list, lines);

    Ask.Answer started =
        ask.reseal(
            "sectors", "rebuild", "--file", list.toString(), "--name", "disk-7", "--parallel", "3");
    assertThat(started.status()).as(started.toString()).isZero();
    assertThat(started.out()).contains("batch disk-7: started, 12 sectors, 3 at a time");

    // It cannot end before it is terminated.
    Stops.Frozen frozen = stops.freezeInSecondLayer(terminated);
    Await.until("one is parked", () -> counts().get("parked").asInt() == 1);
    Await.until("ten have finished", () -> counts().get("finished").asInt() == 10);
    JsonNode state = state();
    assertThat(state.at("/parked/0/why").asText()).startsWith("Sector.PieceMissing");
    assertThat(state.at("/counts/running").asInt()).isEqualTo(1);
    assertThat(state.at("/batch/state").asText()).isEqualTo("running");

    String parkedRun = fleet.catalog().runs().latest(incomplete.id()).orElseThrow().runId();
    runs.terminate(Names.batchWorkflowId("disk-7"));
    runs.terminate(Names.workflowId(terminated.id()));
    frozen.end();
    runs.reconcileNow();
    Await.until(
        "the batch's end is noticed",
        () ->
            fleet.catalog().batches().find("disk-7").orElseThrow().state()
                == BatchState.ENDED_FROM_OUTSIDE);
    RunRecord lost = fleet.catalog().runs().latest(terminated.id()).orElseThrow();
    assertThat(lost.state()).isEqualTo(RebuildState.ABORTED);
    assertThat(lost.lastError())
        .startsWith("Ended from outside: terminated in Temporal")
        .contains("(by a test)");

    Ask.Answer resumed = ask.reseal("batch", "resume", "disk-7");
    assertThat(resumed.status()).as(resumed.toString()).isZero();
    assertThat(resumed.out()).contains("started again over the 2 of 12 sectors");
    Await.until("the terminated one has finished", () -> counts().get("finished").asInt() == 11);

    Files.write(fleet.pieces().resolve(piece.cid()), data);
    Ask.Answer retried = ask.reseal("batch", "retry-parked", "disk-7");
    assertThat(retried.status()).as(retried.toString()).isZero();
    Await.until(
        "the batch has finished", () -> state().at("/batch/state").asText().equals("finished"));
    for (LostSector sector : all) {
      assertThat(lab.stored(sector)).isEqualTo(sector.files());
    }

    assertThat(fleet.catalog().runs().latest(incomplete.id()).orElseThrow().runId())
        .as("a rebuild outlives its batch")
        .isEqualTo(parkedRun);

    Path page = Files.createTempDirectory("report").resolve("report.html");
    assertThat(ask.reseal("batch", "report", "disk-7", "--html", page.toString()).status())
        .isZero();
    assertThat(page)
        .content()
        .contains(
            "<b>12</b> In its store, not seen proven yet",
            "no look at it is recorded for any of these sectors",
            terminated.id().toString());
    assertThat(ask.reseal("batch", "list").out()).containsPattern("disk-7 +finished +12 ");
    assertThat(ask.reseal("batch", "pause", "disk-7").status()).isEqualTo(4);
  }

  /** Fails when sectors are rebuilt twice, or a name stands for two lists. */
  @Test
  void theSameBatchAskedForAgainIsTheOneThatRuns() throws Exception {
    LostSector one = lab.lose(SealProof.KIB_2_V1_1);
    LostSector other = lab.lose(SealProof.KIB_2_V1_1);
    String range = "%s-%s".formatted(one.number(), other.number());
    List<LockedFile> locks = stops.holdUp(one);
    ask.rebuild(one);
    Ask.Answer first = ask.reseal("rebuild", "1001", range, "--name", "twice", "--parallel", "2");
    assertThat(first.status()).as(first.toString()).isZero();
    Ask.Answer again = ask.reseal("rebuild", "1001", range, "--name", "twice");
    assertThat(again.status()).isZero();
    assertThat(again.out()).contains("batch twice: is already running");
    Ask.Answer otherList = ask.reseal("rebuild", "1001", one.number(), "--name", "twice");
    assertThat(otherList.status()).isEqualTo(4);
    assertThat(otherList.err()).contains("A batch twice with other sectors exists");
    locks.forEach(LockedFile::close);
    Ask.Answer waited = ask.reseal("rebuild", "1001", range, "--name", "twice", "--wait");
    assertThat(waited.status()).as(waited.toString()).isZero();
    assertThat(waited.out()).contains(other.id() + "  finished");
    assertThat(runs.run(one).orElseThrow().state())
        .as("the one that was running was joined")
        .isEqualTo(RebuildState.FINISHED);
    Ask.Answer done = ask.reseal("rebuild", "1001", range, "--name", "twice");
    assertThat(done.status()).isZero();
    assertThat(done.out()).contains("all 2 sectors are finished");
  }

  private JsonNode state() {
    Ask.Answer answer = ask.reseal("batch", "state", "disk-7", "--output", "json");
    try {
      return JSON.readTree(answer.out());
    } catch (java.io.IOException e) {
      throw new AssertionError("No JSON: " + answer, e);
    }
  }

  private JsonNode counts() {
    return state().get("counts");
  }
}
