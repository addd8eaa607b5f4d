package io.reseal.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.plan.LostKey;
import io.reseal.plan.RebuildPlan;
import io.reseal.plan.Repair;
import io.reseal.plan.Step;
import io.reseal.plan.UnsealedWish;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.ZeroPieces;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What travels through Temporal comes out as it went in; names are made of what they name. */
class ContractTest {

  private static final SectorId SECTOR = new SectorId(1001, 123);
  private static final ThreadGrant GRANT =
      new ThreadGrant("host-a", 1, "/scratch", 3, Duration.ofSeconds(30), 5_000_001L);
  private static final SectorFacts FACTS =
      new SectorFacts(
          SECTOR,
          SealProof.GIB_32_V1_1,
          new Randomness("0a".repeat(32), -892),
          new Commitment("1b".repeat(32)),
          new Commitment("2c".repeat(32)),
          new Commitment("3d".repeat(32)),
          new Randomness("0b".repeat(32), 9),
          true,
          List.of(ZeroPieces.piece(512, 0), ZeroPieces.piece(512, 512)),
          null,
          false);
  private static final StateChange CHANGE =
      new StateChange(
          3,
          RebuildState.PC1_DONE,
          5,
          "PC1",
          "host-a",
          1,
          2,
          3L,
          4L,
          1,
          "2 layers",
          ChangeKind.STEP_DONE);
  private static final RunRecord RUN =
      new RunRecord(
          "run",
          "rebuild-f01001-123",
          SECTOR,
          RebuildState.PC1_DONE,
          "host-a",
          1,
          1,
          5,
          null,
          2,
          "disk-7",
          "by anne",
          null,
          "Host.Io: …",
          "anne");

  static Stream<Object> payloads() {
    return Stream.of(
        SECTOR,
        FACTS,
        GRANT,
        CHANGE,
        RUN,
        Timings.standard(),
        new RebuildRequest(SECTOR, Timings.standard(), "anne", true, true, "host-a", "disk-7", true)
            .with(UnsealedWish.ONLY)
            .withPriority(2)
            .withCandidates(3),
        new HoldRequest(
            SECTOR, SealProof.KIB_2_V1, GRANT, 7, Duration.ofMinutes(1), true, 5_000_000L),
        new StageRequest(
            FACTS,
            GRANT,
            Step.PC1,
            true,
            RebuildState.TREE_D_BUILT,
            RebuildState.PC1_DONE,
            true,
            "store-1",
            new StoredCopy("store-2", "/mnt/nas-2"),
            true,
            true),
        new StoredCopy("a", "/a", Map.of("cache", new StoredCopy("b", "/b"))),
        new StageReport(1, 2, 1, 3, "store-1", null, 0, null, "t_aux", "2 layers"),
        new StageReport(
            1,
            2,
            1,
            3,
            null,
            "store-1",
            2,
            new StoredCopy("store-2", "/mnt/nas-2"),
            null,
            "2 layers"),
        new StageReport(
            1,
            2,
            1,
            3,
            null,
            null,
            0,
            null,
            null,
            new Repair(null, "store-2", new Commitment("06".repeat(32)), "p_aux of the update"),
            null,
            new Unsealing(Unsealing.From.KEY, true),
            "no pieces are needed"),
        new StageReport(
            1,
            2,
            1,
            3,
            "store-1",
            null,
            0,
            null,
            null,
            null,
            "the key is lost",
            null,
            "the update is whole"),
        new StageRequest(
            FACTS,
            GRANT,
            Step.REPAIR,
            false,
            RebuildState.SNAP_DONE,
            RebuildState.PERSISTED,
            false,
            null,
            null,
            false,
            false,
            true,
            true,
            new Commitment("06".repeat(32)),
            true,
            LostKey.LEAVE,
            Repair.ofLostKey("store-2", null, LostKey.MAKE),
            UnsealedWish.ALSO,
            true,
            new Unsealing(Unsealing.From.LABELS, false),
            true,
            List.of(FACTS)),
        new ResumeCommand("anne", RebuildState.PC1_DONE, 3),
        new Candidates(
            List.of(new Candidate(FACTS, "its ticket", "a source")),
            List.of(new Candidate(FACTS, "its update", "a source")),
            List.of("A remark.")),
        new Progress("layer 1 of 2", 1, 2, "layers", 0.5, 2),
        new HoldRequest(
            SECTOR,
            SealProof.KIB_2_V1,
            null,
            0,
            Duration.ofMinutes(1),
            true,
            1L,
            "host-a",
            UnsealedWish.ONLY,
            true,
            true),
        new ReleaseRequest(SECTOR, GRANT, true),
        new ReleaseRequest(SECTOR, GRANT, false, "It computes wrongly."),
        new OperatorCommand("anne"),
        new RebuildStatus(
            RUN,
            List.of(CHANGE),
            Step.PC2,
            RebuildPlan.of(new RebuildPlan.Needs(true, true, true, true, false))));
  }

  /** Seen to catch: a record whose method `isZero` was written out as a field nobody can read. */
  @ParameterizedTest
  @MethodSource("payloads")
  void comesOutOfTemporalAsItWentIn(Object payload) {
    var converter = DefaultDataConverter.STANDARD_INSTANCE;
    assertThat(
            converter.fromPayload(
                converter.toPayload(payload).orElseThrow(), payload.getClass(), payload.getClass()))
        .isEqualTo(payload);
  }

  /** Seen to catch: the strict converter, with which an upgrade of one host stops the others. */
  @Test
  void passesOverFieldsOfANewerVersion() {
    var newer =
        DefaultDataConverter.STANDARD_INSTANCE
            .toPayload(java.util.Map.of("by", "anne", "reason", "disk 7 is back"))
            .orElseThrow();
    assertThat(
            Payloads.converter().fromPayload(newer, OperatorCommand.class, OperatorCommand.class))
        .isEqualTo(new OperatorCommand("anne"));
  }

  @ParameterizedTest
  @EnumSource(RebuildState.class)
  void writesStatesByTheirName(RebuildState state) {
    assertThat(RebuildState.parse(state.toString())).isEqualTo(state);
  }

  @Test
  void namesAWorkflowAfterItsSector() {
    assertThat(Names.workflowId(SECTOR)).isEqualTo("rebuild-f01001-123");
  }

  /** Catches queues that change with a restart: a host's files outlive its process. */
  @Test
  void namesHostQueuesByTheConfiguredNameAlone() {
    assertThat(Names.hostQueue("host-a", Step.Resource.PC1)).isEqualTo("seal-host-a-pc1");
  }

  @Test
  void aPieceOfThePayloadStaysItself() {
    Piece piece = FACTS.pieces().get(0);
    assertThat(piece.isZero()).isTrue();
  }

  // Catches: a step whose activity the hosts do not know, or a type that old histories do not have.
  @Test
  void everyStepOnAHostHasItsActivityType() {
    assertThat(
            Arrays.stream(Step.values())
                .filter(step -> step.resource() != Step.Resource.NONE)
                .map(StepActivities::typeOf))
        .containsExactly(
            "FetchPieces",
            "DownloadPieces",
            "AddPieces",
            "TreeD",
            "PC1",
            "PC2",
            "Encode",
            "SyntheticProofs",
            "CheckSealed",
            "CheckEncoded",
            "RepairKey",
            "KeyAddPieces",
            "SnapKey",
            "C1",
            "C2",
            "SnapAddPieces",
            "SnapTreeD",
            "SnapEncode",
            "CheckSnap",
            "RepairUpdate",
            "Decode",
            "Repair",
            "Persist",
            "CheckStored");
    assertThatThrownBy(() -> StepActivities.typeOf(Step.WAIT_SEED))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
