package io.reseal.intake;

import io.reseal.intake.Outcome.Contradiction;
import io.reseal.intake.Outcome.Word;
import io.reseal.record.Decision;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.SectorRecord;
import io.reseal.record.Snap;
import io.reseal.record.Standing;
import io.reseal.sector.Cid;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.ZeroPieces;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * All words on one sector brought together. A fact that one source knows counts, and so does one
 * that all agree on; where they differ, the source counts that an operator decided for, else the
 * record stays as it is.
 */
final class Merge {

  private final SectorId sector;
  private final Known words;

  Merge(SectorId sector, Known words) {
    this.sector = sector;
    this.words = words;
  }

  /** The facts on which sources differ and nobody has decided. */
  List<Contradiction> contradictions() {
    return Fact.ALL.stream().filter(this::isOpen).map(this::contradiction).toList();
  }

  /** What each source says that knows of the fact. */
  List<Word> words(Fact<?> fact) {
    return words.findings().stream()
        .filter(finding -> fact.of(finding) != null)
        .map(finding -> new Word(finding.source(), fact.text(finding)))
        .toList();
  }

  /** The source that an operator decided for and that still knows of the fact. */
  Optional<Findings> decided(Fact<?> fact) {
    return words.decisions().stream()
        .filter(decision -> decision.fact().equals(fact.name()))
        .map(Decision::source)
        .flatMap(source -> words.findings().stream().filter(word -> word.source().equals(source)))
        .filter(finding -> fact.of(finding) != null)
        .findFirst();
  }

  /** The facts without which there is no record that can be rebuilt. */
  List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (Fact<?> needed : List.of(Fact.PROOF_TYPE, Fact.TICKET, Fact.COMM_R)) {
      if (value(needed) == null) {
        missing.add(needed.name());
      }
    }
    if (value(Fact.PIECES) == null && !isSnapped() && holdsData(value(Fact.COMM_D))) {
      missing.add(Fact.PIECES.name());
    }
    if (isSnapped()) {
      if (value(Fact.SNAP_COMM_R) == null) {
        missing.add(Fact.SNAP_COMM_R.name());
      }
      if (value(Fact.SNAP_PIECES) == null
          && (value(Fact.SNAP_COMM_D) == null || holdsData(value(Fact.SNAP_COMM_D)))) {
        missing.add(Fact.SNAP_PIECES.name());
      }
    }
    return missing;
  }

  /** Whether nobody has said if the sector holds data. */
  boolean dataIsUnknown() {
    return value(Fact.PIECES) == null && value(Fact.COMM_D) == null && !isSnapped();
  }

  /**
   * The record that the words give; empty where something is missing, or where there is no record
   * yet and sources differ in what would make it another sector.
   *
   * @throws IllegalArgumentException saying what of it does not fit together
   */
  Optional<SectorRecord> record() {
    boolean undecided =
        words.record().isEmpty()
            && Fact.ALL.stream().anyMatch(fact -> fact.isDetermining() && isOpen(fact));
    if (undecided || !missing().isEmpty()) {
      return Optional.empty();
    }
    Long seedEpoch = value(Fact.SEED_EPOCH);
    return Optional.of(
        new SectorRecord(
            sector,
            value(Fact.PROOF_TYPE),
            new Randomness(value(Fact.TICKET), value(Fact.TICKET_EPOCH)),
            seed(seedEpoch),
            seedEpoch,
            proofDue(),
            value(Fact.COMM_D),
            value(Fact.COMM_R),
            value(Fact.PIECES),
            words.findings().stream().map(Findings::source).collect(Collectors.joining(", ")),
            recordJson(),
            isSnapped()
                ? new Snap(
                    value(Fact.SNAP_COMM_D), value(Fact.SNAP_COMM_R), value(Fact.SNAP_PIECES))
                : null,
            standing()));
  }

  /** A seed belongs to its epoch: one that was told of another epoch only is not taken. */
  private Randomness seed(Long epoch) {
    String seed = value(Fact.SEED);
    boolean ofThisEpoch =
        words.findings().stream()
            .filter(word -> Objects.equals(seed, word.seed()))
            .anyMatch(word -> word.seedEpoch() == null || word.seedEpoch().equals(epoch));
    return seed == null || epoch == null || !ofThisEpoch ? null : new Randomness(seed, epoch);
  }

  private boolean isOpen(Fact<?> fact) {
    return decided(fact).isEmpty()
        && words(fact).stream().map(Word::value).distinct().limit(2).count() == 2;
  }

  private Contradiction contradiction(Fact<?> fact) {
    return new Contradiction(fact.name(), words(fact));
  }

  private <T> T value(Fact<T> fact) {
    if (isOpen(fact)) {
      return words.record().map(Findings::of).map(fact::of).orElse(null);
    }
    return decided(fact)
        .map(fact::of)
        .or(() -> words.findings().stream().map(fact::of).filter(Objects::nonNull).findFirst())
        .orElse(null);
  }

  private boolean isSnapped() {
    Boolean told = value(Fact.SNAPPED);
    return told == null ? value(Fact.SNAP_COMM_R) != null : told;
  }

  private boolean holdsData(String commD) {
    SealProof proof = value(Fact.PROOF_TYPE);
    return commD != null
        && proof != null
        && !Cid.ofUnsealed(commD).equals(ZeroPieces.commitment(proof.size().bytes()));
  }

  /** Once a proof has landed it is due no more, whoever has not heard of it. */
  private boolean proofDue() {
    List<Boolean> told =
        words.findings().stream().map(Findings::proofDue).filter(Objects::nonNull).toList();
    return !told.isEmpty() && told.stream().allMatch(Boolean::booleanValue);
  }

  private Standing standing() {
    return words.findings().stream()
        .map(Findings::standing)
        .filter(Objects::nonNull)
        .max(Comparator.comparingLong(Standing::asOf))
        .orElse(null);
  }

  private String recordJson() {
    return words.findings().stream()
        .map(Findings::recordJson)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
