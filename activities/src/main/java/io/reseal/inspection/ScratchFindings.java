package io.reseal.inspection;

import io.reseal.contract.SectorFacts;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.Randomness;
import java.util.Optional;

/** What scratch files tell of their sector: the inputs that their rebuild was given. */
public final class ScratchFindings {

  /** The source's name. */
  public static final String SOURCE = "scratch";

  private ScratchFindings() {}

  /** The inputs as findings of a source of their own. */
  public static Findings of(SectorFacts inputs) {
    Facts.Builder facts =
        Facts.builder()
            .put(Fact.PROOF_TYPE, inputs.proof())
            .put(Fact.TICKET, inputs.ticket().value())
            .put(Fact.TICKET_EPOCH, Optional.ofNullable(inputs.ticket().epoch()))
            .put(Fact.SEED, Optional.ofNullable(inputs.seed()).map(Randomness::value))
            .put(Fact.SEED_EPOCH, Optional.ofNullable(inputs.seed()).map(Randomness::epoch))
            .put(Fact.PROOF_DUE, inputs.prove())
            .put(Fact.COMM_R, Cid.sealed(inputs.commR()))
            .put(Fact.PIECES, inputs.pieces())
            .put(Fact.SNAPPED, inputs.snap() != null);
    if (inputs.commDRecorded()) {
      facts.put(Fact.COMM_D, Cid.unsealed(inputs.commD()));
    }
    if (inputs.snap() != null) {
      facts
          .put(Fact.SNAP_COMM_D, Cid.unsealed(inputs.snap().commD()))
          .put(Fact.SNAP_COMM_R, Cid.sealed(inputs.snap().commR()))
          .put(Fact.SNAP_PIECES, inputs.snap().pieces());
    }
    return new Findings(inputs.sector(), SOURCE, facts.build());
  }

  /** Whether the files are of use to a rebuild of the record: it would label the same layers. */
  public static boolean areOf(SectorFacts inputs, SectorRecord record) {
    return inputs.proof() == record.proof()
        && inputs.ticket().value().equals(record.ticket().value())
        && inputs.pieces().equals(PieceLayout.complete(record.proof().size(), record.pieces()))
        && (record.commD() == null || commD(record).equals(inputs.commD()));
  }

  private static Commitment commD(SectorRecord record) {
    return Cid.ofUnsealed(record.commD());
  }
}
