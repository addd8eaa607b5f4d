package io.reseal.cli;

import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.record.Fact;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.List;

/** Sectors and runs for tests. */
public final class Samples {

  public static final SectorId SECTOR = new SectorId(1001, 123);

  static final String COMM_R = Cid.sealed(new Commitment("11".repeat(32)));
  static final String PIECE = Cid.unsealed(new Commitment("22".repeat(32)));

  private Samples() {}

  public static SectorRecord sector(long number) {
    return sector(number, SealProof.KIB_2_V1_1);
  }

  /** One that was proven without a pre-commit. */
  public static SectorRecord nonInteractive(long number) {
    return sector(number, SealProof.KIB_2_NON_INTERACTIVE);
  }

  private static SectorRecord sector(long number, SealProof proof) {
    return RecordBuilder.of(
            new SectorId(1001, number), proof, new Randomness("ab".repeat(32), -892), COMM_R)
        .seed(new Randomness("cd".repeat(32), 20))
        .with(Fact.PIECES, List.of(new Piece(PIECE, 1024, 0)))
        .build();
  }

  public static RunRecord run(SectorId sector, RebuildState state, Long endedAt, String attention) {
    return new RunRecord(
        "run-" + sector.number(),
        Names.workflowId(sector),
        sector,
        state,
        "host-a",
        0,
        1_000_000,
        endedAt == null ? 1_002_000 : endedAt,
        endedAt,
        3,
        null,
        null,
        attention,
        null,
        "alice@ops");
  }

  /** One that waits for its first sealing thread. */
  static RunRecord queued(long number, String batch, long startedAt) {
    SectorId sector = new SectorId(1001, number);
    return new RunRecord(
        "queued-" + number,
        Names.workflowId(sector),
        sector,
        RebuildState.EMPTY,
        null,
        null,
        startedAt,
        startedAt,
        null,
        0,
        batch,
        null,
        null,
        null,
        "alice@ops");
  }

  public static StateChange change(int seq, RebuildState state, String step) {
    return new StateChange(
        seq, state, 1_000_000 + seq, step, "host-a", 0, 1, 1_000_000L, 1_000_850L, 700, null, null);
  }
}
