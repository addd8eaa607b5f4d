package io.reseal.worker;

import io.reseal.catalog.ScratchRow;
import io.reseal.contract.SectorFacts;
import io.reseal.files.Scratch;
import io.reseal.files.ScratchOrigin;
import io.reseal.files.UsableStates;
import io.reseal.sector.RebuildState;
import io.reseal.threads.ScratchEvidence;
import io.reseal.threads.ScratchVerdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at the scratch files in a location: whose they are, how far they are, why they stay. */
final class ScratchSurvey {

  private final String host;
  private final ScratchEvidence evidence;

  /**
   * @param host configured name of the host whose files are looked at
   */
  ScratchSurvey(String host, ScratchEvidence evidence) {
    this.host = host;
    this.evidence = evidence;
  }

  /** All sectors' files in a location. */
  List<ScratchRow> rows(Scratch scratch) throws IOException {
    List<ScratchRow> rows = new ArrayList<>();
    for (Scratch.Claim claim : scratch.claims()) {
      rows.add(row(scratch, claim));
    }
    for (Path owner : scratch.unreadableOwners()) {
      rows.add(unreadable(scratch, owner));
    }
    return rows;
  }

  private ScratchRow row(Scratch scratch, Scratch.Claim claim) throws IOException {
    Optional<ScratchOrigin> origin = scratch.origin(claim);
    ScratchVerdict verdict = evidence.judge(claim, origin);
    return new ScratchRow(
        host,
        scratch.location().toString(),
        claim.sector(),
        claim.sector().fileName(),
        scratch.takenBytes(claim.sector()),
        state(scratch, claim, origin),
        verdict.kind().toString(),
        verdict.reason(),
        verdict.advice(),
        origin.map(ScratchOrigin::inputs).orElse(null),
        origin.map(ScratchOrigin::unsealed).orElse(null),
        Instant.now());
  }

  private ScratchRow unreadable(Scratch scratch, Path owner) {
    return new ScratchRow(
        host,
        scratch.location().toString(),
        null,
        owner.getFileName().toString().replaceFirst("\\.json$", ""),
        0,
        null,
        ScratchVerdict.Kind.KEPT.toString(),
        "The owner file %s cannot be read, so it is not known what the files are.".formatted(owner),
        "Move it and the sector's files away if no rebuild needs them.",
        null,
        null,
        Instant.now());
  }

  /** The last state whose files are there, and the finished layers before that of PC1. */
  private static String state(Scratch scratch, Scratch.Claim claim, Optional<ScratchOrigin> origin)
      throws IOException {
    SectorFacts facts = origin.map(ScratchOrigin::inputs).orElseGet(() -> barely(claim));
    UsableStates usable = new UsableStates(scratch, facts, scratch.files(claim.sector()));
    List<RebuildState> states = usable.find();
    RebuildState reached = states.get(states.size() - 1);
    int layers = usable.finishedLayers();
    return reached.compareTo(RebuildState.PC1_DONE) < 0 && layers > 0
        ? "%s, %d of %d layers".formatted(reached, layers, usable.allLayers())
        : reached.toString();
  }

  /** As much as an owner file of an older version has. */
  private static SectorFacts barely(Scratch.Claim claim) {
    return new SectorFacts(
        claim.sector(),
        claim.proof(),
        null,
        null,
        null,
        claim.replicaId(),
        null,
        false,
        List.of(),
        null,
        false);
  }
}
