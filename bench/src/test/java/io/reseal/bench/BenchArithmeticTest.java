package io.reseal.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.contract.ChangeKind;
import io.reseal.contract.StateChange;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bench's arithmetic on given rows; what it measures is asserted nowhere. */
final class BenchArithmeticTest {

  /** Sees: gaps counted from a step's start; a change without times ending the chain of steps. */
  @Test
  void gapsRunFromEachStepsEndToTheNextOnesStart() {
    RebuildTimes times =
        new RebuildTimes(
            2000,
            List.of(
                change("requested", null, null, 0),
                change("thread held", null, null, 0),
                change(Step.PC1.title(), 1000L, 1300L, 200),
                change(Step.PC2.title(), 1340L, 1500L, 100),
                change(Step.SKIP_SNAP.title(), null, null, 0),
                change(Step.PERSIST.title(), 1590L, 1600L, 0)),
            100);

    assertThat(times.gaps()).containsExactly(40L, 90L);
  }

  /** Sees: the share inside the core given for the one outside. */
  @Test
  void shareOutsideTheCoreIsWhatNoStageProcessTook() {
    RebuildTimes times =
        new RebuildTimes(
            2000, List.of(change("PC1", 0L, 500L, 300), change("PC2", 600L, 900L, 200)), 100);

    assertThat(times.outsideCore()).isEqualTo(0.75);
  }

  /**
   * Sees: a sample that grows with the sector; layers or columns left out; a start counted twice.
   */
  @Test
  void whatReadsWholeFilesGrowsWithTheSector() {
    RebuildTimes times =
        new RebuildTimes(
            10_000,
            List.of(
                done(Step.FETCH_PIECES, 0, 500),
                done(Step.PC1, 500, 3_500),
                done(Step.PC2, 3_500, 5_500),
                done(Step.PERSIST, 5_500, 6_500),
                done(Step.CHECK_STORED, 6_500, 9_000)),
            100);

    assertThat(times.millisAt32GiB(512L << 20, false))
        .isEqualTo(10_000 - 6_000 + 64 * (Math.round(3_000 * 5.5 + 2_000 * 2.66) + 1_000));
  }

  /** Sees: layers that were copied and not made, counted as 11 of them. */
  @Test
  void copiedLayersAreNoMoreThanThereAre() {
    RebuildTimes times =
        new RebuildTimes(
            3_000,
            List.of(
                done(Step.PC1, 0, 1_000, "nothing is labelled: 1 layer copied from store \"a\""),
                done(Step.PERSIST, 1_000, 2_000)),
            100);

    assertThat(times.millisAt32GiB(512L << 20, true)).isEqualTo(1_000 + 64 * 2_000);
  }

  private static StateChange done(Step step, long startedAt, long endedAt) {
    return done(step, startedAt, endedAt, null);
  }

  private static StateChange done(Step step, long startedAt, long endedAt, String note) {
    return new StateChange(
        0,
        RebuildState.EMPTY,
        0,
        step.title(),
        null,
        null,
        1,
        startedAt,
        endedAt,
        0,
        note,
        ChangeKind.STEP_DONE);
  }

  @Test
  void durationsAreInTheUnitThatPeopleUse() {
    assertThat(List.of(1_400.0, 60_000.0 * 89, 60_000.0 * 90))
        .extracting(RepairCosts::duration)
        .containsExactly("1 s", "89 min", "1.5 h");
  }

  /** Sees: raw bytes counted, megabytes for GiB, the speed the wrong way round. */
  @Test
  void pieceAssemblyIsComparedWithTheLibrarysTwoCalls() throws Exception {
    JsonNode measured =
        new ObjectMapper()
            .readTree(
                """
                {"size": 536870912, "runs": [
                  {"copy_millis": 250, "direct_millis": 4000, "reseal_millis": 1000},
                  {"copy_millis": 300, "direct_millis": 5000, "reseal_millis": 900},
                  {"copy_millis": 200, "direct_millis": 3000, "reseal_millis": 2000}]}
                """);

    assertThat(PieceAssembly.lines(measured))
        .extracting(line -> "%s %s %s".formatted(line.median(), line.rate(), line.speed()))
        .containsExactly(
            "0.250 s 2.00 GiB/s 16.00", "4.000 s 0.13 GiB/s 1.00", "1.000 s 0.50 GiB/s 4.00");
  }

  @Test
  void aStepsTimeIsThatOnItsHost() {
    RebuildTimes times =
        new RebuildTimes(2000, List.of(change(Step.PC2.title(), 100L, 900L, 700)), 100);

    assertThat(times.of(Step.PC2)).isEqualTo(800);
    assertThatThrownBy(() -> times.of(Step.PC1)).hasMessage("The rebuild has no step PC1.");
  }

  /** Sees: the upper of the two middle values taken; values compared as text. */
  @Test
  void medianIsTheMiddleOne() {
    assertThat(Figures.of(List.of(9L, 100L, 20L))).isEqualTo(new Figures(3, 20, 9, 100));
    assertThat(Figures.of(List.of(4, 1, 2, 40))).isEqualTo(new Figures(4, 3, 1, 40));
    assertThatThrownBy(() -> Figures.of(List.of())).hasMessage("Nothing was measured.");
  }

  /** Sees: the ratio taken the wrong way round. */
  @Test
  void ratioIsResealsMedianOverTheDirectOne() {
    Row row =
        Row.compared(
            "PC1 of 8MiB", Figures.of(List.of(1020L)), Figures.of(List.of(1000L)), "<= 1.02");

    assertThat(row)
        .isEqualTo(
            new Row(
                "PC1 of 8MiB", 1, "1.020 s", "1.020 s", "1.020 s", "1.000 s", "1.020", "<= 1.02"));
  }

  /** Sees: spans of one rebuild taken for an overlap; threads of different indexes mixed up. */
  @Test
  void twoRebuildsInAThreadAtATimeAreNoticed() {
    Occupation occupation = new Occupation();
    occupation.add(List.of(onThread(0, "PC1", 0, 100), onThread(0, "PC2", 90, 200)));
    occupation.add(List.of(onThread(1, "PC1", 50, 120)));
    assertThat(occupation.overlaps()).isZero();

    occupation.add(List.of(onThread(0, "PC1", 199, 300)));

    assertThat(occupation.overlaps()).isEqualTo(1);
    assertThat(occupation.threads()).isEqualTo(2);
  }

  /** Sees: a step counted as repeated because another rebuild has done it too. */
  @Test
  void aStepThatARebuildDoesAgainIsNoticed() {
    Occupation occupation = new Occupation();
    occupation.add(List.of(onThread(0, "PC1", 0, 100), onThread(0, "PC2", 100, 200)));
    occupation.add(List.of(onThread(0, "PC1", 200, 300)));
    assertThat(occupation.repeated()).isZero();

    occupation.add(List.of(onThread(0, "PC1", 300, 400), onThread(0, "PC1", 400, 500)));

    assertThat(occupation.repeated()).isEqualTo(1);
  }

  private static StateChange onThread(int index, String step, long startedAt, long endedAt) {
    return new StateChange(
        0, RebuildState.EMPTY, 0, step, "host-a", index, 1, startedAt, endedAt, 0, null, null);
  }

  private static StateChange change(String step, Long startedAt, Long endedAt, long coreMillis) {
    return new StateChange(
        0, RebuildState.EMPTY, 0, step, null, null, 1, startedAt, endedAt, coreMillis, null, null);
  }
}
