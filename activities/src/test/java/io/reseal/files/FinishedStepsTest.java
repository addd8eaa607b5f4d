package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.SectorFacts;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.plan.Step;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results that wait in scratch until Temporal has received them. */
class FinishedStepsTest {

  private static final SectorFacts FACTS =
      SectorFactsBuilder.of(new SectorId(1001, 1), new Commitment("ab".repeat(32))).build();
  private static final StageReport REPORT =
      new StageReport(1, 2, 1, 1, null, null, 0, null, null, "done");

  @TempDir private Path location;

  private Scratch scratch;
  private FinishedSteps finished;

  @BeforeEach
  void claim() throws Exception {
    scratch = new Scratch(location);
    scratch.claim(FACTS);
    finished = scratch.finished(FACTS.sector());
  }

  private static StageRequest request(Step step, boolean force, Long number) {
    return new StageRequest(
        FACTS,
        new ThreadGrant("host-a", 0, "/scratch", null, null, number),
        step,
        force,
        RebuildState.PC1_DONE,
        RebuildState.PC2_DONE,
        false,
        null,
        null,
        false,
        false);
  }

  // Catches: a result that is taken for that of another run, or of other work.
  @Test
  void aResultIsThatOfTheSameWorkInTheSameRun() throws Exception {
    finished.keep("run", request(Step.PC2, false, 1L), REPORT);
    assertThat(finished.find("run", request(Step.PC2, false, 2L))).contains(REPORT);
    assertThat(finished.find("run", request(Step.PC2, true, 1L))).isEmpty();
    assertThat(finished.find("other", request(Step.PC2, false, 1L))).isEmpty();
    assertThat(finished.find("run", request(Step.PC1, false, 1L))).isEmpty();
  }

  // Catches: a step that is to be done again, whose earlier result is reported instead.
  @Test
  void resultsGoWhenTheNextStepBegins() throws Exception {
    finished.keep("run", request(Step.PC1, false, 1L), REPORT);
    finished.begins(Step.ADD_PIECES);
    assertThat(finished.find("run", request(Step.PC1, false, 1L))).contains(REPORT);
    finished.begins(Step.PC2);
    assertThat(finished.find("run", request(Step.PC1, false, 1L))).isEmpty();
  }

  // Catches: results that outlive the files that they describe.
  @Test
  void resultsGoWithTheirScratch() throws Exception {
    finished.keep("run", request(Step.PC2, false, 1L), REPORT);
    scratch.remove(FACTS.sector());
    assertThat(finished.find("run", request(Step.PC2, false, 1L))).isEmpty();
  }

  @Test
  void aTornResultIsNone() throws Exception {
    finished.keep("run", request(Step.PC2, false, 1L), REPORT);
    Files.writeString(location.resolve("reseal/s-t01001-1.PC2.finished"), "{\"runId\":");
    assertThat(finished.find("run", request(Step.PC2, false, 1L))).isEmpty();
  }
}
