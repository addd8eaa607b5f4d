package io.reseal.record;

import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.DataRoot;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Rules out values that cannot be right: those that do not fit what the chain has accepted, and
 * those that do not fit together by the arithmetic of commitments. A value that an operator decided
 * for is never ruled out.
 */
public final class Arithmetic {

  /** What one source reports, as far as it was not ruled out. */
  private static final class Voice {
    private final String source;
    private Facts facts;

    Voice(Findings findings) {
      this.source = findings.source();
      this.facts = findings.facts();
    }

    boolean isChain() {
      return source.equals(Findings.CHAIN);
    }
  }

  private static final List<Fact<?>> RANDOMNESS =
      List.of(Fact.TICKET, Fact.TICKET_EPOCH, Fact.SEED, Fact.SEED_EPOCH);

  private final List<Findings> findings;
  private final List<Decision> decisions;
  private final List<Voice> voices;
  private final Optional<Voice> record;
  private final List<RuledOut> ruledOut = new ArrayList<>();
  private final boolean sealedHoldsData;
  private final boolean updateHoldsData;
  private boolean disproved;

  /** Judges all that is known of a sector; the record has no say, but is judged like a source. */
  public Arithmetic(Known known) {
    this.findings = known.findings();
    this.decisions = known.decisions();
    this.voices = findings.stream().map(Voice::new).toList();
    this.record = known.record().map(Findings::of).map(Voice::new);
    provenOnChain().ifPresent(this::ruleOutWhatTheChainDoesNotKnow);
    this.sealedHoldsData = holdsData(false);
    this.updateHoldsData = holdsData(true);
    if (sealedHoldsData) {
      ruleOutZeros(
          Fact.COMM_D, Fact.PIECES, "the chain counts deals for this sector, so it holds data");
    }
    if (updateHoldsData) {
      ruleOutZeros(
          Fact.SNAP_COMM_D,
          Fact.SNAP_PIECES,
          "the chain counts deals for this sector's update, so it holds data");
    }
    compareCommRs();
    compareData(Fact.COMM_D, Fact.PIECES);
    compareData(Fact.SNAP_COMM_D, Fact.SNAP_PIECES);
  }

  /** The findings without what was ruled out. */
  public List<Findings> sound() {
    List<Findings> sound = new ArrayList<>();
    for (int index = 0; index < findings.size(); index++) {
      Findings one = findings.get(index);
      sound.add(new Findings(one.id(), one.source(), voices.get(index).facts, one.remarks()));
    }
    return sound;
  }

  /** What was ruled out of the sources' values. */
  public List<RuledOut> ruledOut() {
    return List.copyOf(ruledOut);
  }

  /** Whether a source's value of a fact was ruled out. */
  public boolean hasRuledOut(Fact<?> fact) {
    return ruledOut.stream().anyMatch(one -> one.fact().equals(fact.name()));
  }

  /** Whether the record states something that cannot be right. */
  public boolean disprovesRecord() {
    return disproved;
  }

  /** Whether the chain counts deals for what was sealed, or for the update. */
  public boolean showsData(boolean ofUpdate) {
    return ofUpdate ? updateHoldsData : sealedHoldsData;
  }

  /** What the chain reports of a sector whose proof has landed: its CommR is final. */
  private Optional<Voice> provenOnChain() {
    return voices.stream()
        .filter(Voice::isChain)
        .filter(chain -> chain.facts.has(Fact.COMM_R))
        .filter(chain -> !chain.facts.get(Fact.PROOF_DUE).orElse(true))
        .findFirst();
  }

  private void ruleOutWhatTheChainDoesNotKnow(Voice chain) {
    String commR = chain.facts.orNull(Fact.COMM_R);
    Optional<String> update = chain.facts.get(Fact.SNAP_COMM_R);
    for (Fact<?> fact : RANDOMNESS) {
      ruleOut(
          fact,
          (voice, any) ->
              voice
                  .facts
                  .get(Fact.COMM_R)
                  .filter(other -> !other.equals(commR) && !update.equals(Optional.of(other)))
                  .map(
                      "it comes with the CommR %s, which the chain does not know for this sector"
                          ::formatted));
    }
    ruleOut(
        Fact.COMM_R,
        (voice, other) ->
            other.equals(commR)
                ? Optional.empty()
                : Optional.of(
                    update.equals(Optional.of(other))
                        ? "on chain it is the CommR of the update, and the key's is " + commR
                        : "the chain has the CommR " + commR));
    if (update.isPresent()) {
      ruleOut(
          Fact.SNAPPED,
          (voice, snapped) ->
              snapped ? Optional.empty() : Optional.of("on chain the sector was snapped"));
      ruleOut(
          Fact.SNAP_COMM_R,
          (voice, other) ->
              update.get().equals(other)
                  ? Optional.empty()
                  : Optional.of(
                      "the chain has the CommR %s of the update".formatted(update.get())));
    }
    size(chain)
        .ifPresent(
            size ->
                ruleOut(
                    Fact.PROOF_TYPE,
                    (voice, proof) ->
                        proof.size() == size
                            ? Optional.empty()
                            : Optional.of("on chain the sector has %s".formatted(size))));
  }

  private boolean holdsData(boolean ofUpdate) {
    Optional<Boolean> snapped = agreed(Fact.SNAPPED);
    return voices.stream()
        .filter(voice -> voice.facts.get(Fact.HOLDS_DATA).orElse(false))
        .anyMatch(voice -> snapped.orElse(voice.facts.isSnapped()) == ofUpdate);
  }

  private void ruleOutZeros(Fact<String> commD, Fact<List<Piece>> pieces, String why) {
    ruleOut(commD, (voice, cid) -> Optional.of(why).filter(any -> isOfZeros(cid)));
    ruleOut(pieces, (voice, list) -> Optional.of(why).filter(any -> areZeros(list)));
  }

  /** Encoding zeros changes nothing: such an update has its key's CommR, and no other one has. */
  private void compareCommRs() {
    Optional<String> key = agreed(Fact.COMM_R);
    Optional<String> update = agreed(Fact.SNAP_COMM_R);
    if (key.isEmpty() || update.isEmpty()) {
      return;
    }
    if (!key.equals(update)) {
      ruleOutZeros(
          Fact.SNAP_COMM_D,
          Fact.SNAP_PIECES,
          "an update of zeros has its key's CommR, and this update has another");
    } else if (voices.stream().anyMatch(one -> one.isChain() && one.facts.has(Fact.SNAP_COMM_R))) {
      String why = "on chain the update has its key's CommR, so it is of zeros";
      ruleOut(Fact.SNAP_COMM_D, (voice, cid) -> Optional.of(why).filter(any -> !isOfZeros(cid)));
      ruleOut(Fact.SNAP_PIECES, (voice, list) -> Optional.of(why).filter(any -> !areZeros(list)));
    } else if (updateHoldsData
        || anySays(Fact.SNAP_COMM_D, cid -> !isOfZeros(cid))
        || anySays(Fact.SNAP_PIECES, list -> !areZeros(list))) {
      ruleOut(
          Fact.SNAP_COMM_R,
          (voice, any) -> Optional.of("it is the key's, which an update with data cannot have"));
    }
  }

  /** Pieces give their CommD in a sector of one size only. */
  private void compareData(Fact<String> commD, Fact<List<Piece>> pieces) {
    Optional<SectorSize> onChain =
        voices.stream().filter(Voice::isChain).flatMap(chain -> size(chain).stream()).findFirst();
    onChain.ifPresent(size -> ruleOut(commD, (voice, cid) -> otherSize(cid, size)));
    Optional<Commitment> agreed = agreed(commD).map(Cid::ofUnsealed);
    if (agreed.isPresent()) {
      if (onChain.isEmpty()) {
        ruleOutOtherSizes(sizes(agreed.get(), pieces));
      }
      size().ifPresent(size -> ruleOutOtherPieces(pieces, size, agreed.get()));
    }
  }

  private static Optional<String> otherSize(String commD, SectorSize size) {
    return isOfZeros(commD) && !DataRoot.fits(size, List.of(), Cid.ofUnsealed(commD))
        ? Optional.of("it is that of an empty sector of another size than %s".formatted(size))
        : Optional.empty();
  }

  private List<SectorSize> sizes(Commitment commD, Fact<List<Piece>> pieces) {
    return Arrays.stream(SectorSize.values())
        .filter(
            size ->
                DataRoot.fits(size, List.of(), commD)
                    || anySays(pieces, list -> DataRoot.fits(size, list, commD)))
        .toList();
  }

  private void ruleOutOtherSizes(List<SectorSize> sizes) {
    if (!sizes.isEmpty()) {
      ruleOut(
          Fact.PROOF_TYPE,
          (voice, proof) ->
              sizes.contains(proof.size())
                  ? Optional.empty()
                  : Optional.of(
                      "its sectors have %s, but the CommD is of a sector of %s"
                          .formatted(proof.size(), sizes.get(0))));
    }
  }

  private void ruleOutOtherPieces(Fact<List<Piece>> pieces, SectorSize size, Commitment commD) {
    ruleOut(
        pieces,
        (voice, list) ->
            DataRoot.fits(size, list, commD)
                ? Optional.empty()
                : Optional.of(unfit(size, list, commD)));
  }

  private static String unfit(SectorSize size, List<Piece> pieces, Commitment commD) {
    String result;
    try {
      result = Cid.unsealed(DataRoot.of(size, pieces));
    } catch (IllegalArgumentException e) {
      return "they cannot lie in a sector of %s".formatted(size);
    }
    return "%s CommD %s, but the CommD is %s"
        .formatted(
            pieces.isEmpty() ? "without pieces a sector has" : "they give",
            result,
            Cid.unsealed(commD));
  }

  /** The sector's size, if all proof types that count have the same. */
  private Optional<SectorSize> size() {
    List<SectorSize> sizes =
        voices.stream().flatMap(voice -> size(voice).stream()).distinct().limit(2).toList();
    return sizes.size() == 1 ? Optional.of(sizes.get(0)) : Optional.empty();
  }

  private static Optional<SectorSize> size(Voice voice) {
    return voice.facts.get(Fact.PROOF_TYPE).map(SealProof::size);
  }

  private static boolean isOfZeros(String commD) {
    return DataRoot.isOfZeros(Cid.ofUnsealed(commD));
  }

  private static boolean areZeros(List<Piece> pieces) {
    return pieces.stream().allMatch(Piece::isZero);
  }

  private <T> boolean anySays(Fact<T> fact, Predicate<T> what) {
    return voices.stream().flatMap(voice -> voice.facts.get(fact).stream()).anyMatch(what);
  }

  /** The value that an operator decided for, or that all sources agree on. */
  private <T> Optional<T> agreed(Fact<T> fact) {
    Optional<T> decided =
        voices.stream()
            .filter(voice -> isDecided(fact, voice))
            .flatMap(voice -> voice.facts.get(fact).stream())
            .findFirst();
    if (decided.isPresent()) {
      return decided;
    }
    boolean differ =
        voices.stream()
                .flatMap(voice -> voice.facts.text(fact).stream())
                .distinct()
                .limit(2)
                .count()
            == 2;
    return differ
        ? Optional.empty()
        : voices.stream().flatMap(voice -> voice.facts.get(fact).stream()).findFirst();
  }

  private boolean isDecided(Fact<?> fact, Voice voice) {
    return decisions.stream()
        .anyMatch(
            decision ->
                decision.fact().equals(fact.name()) && decision.source().equals(voice.source));
  }

  /**
   * Rules out the values of a fact for which there is a reason.
   *
   * @param reason gives why a source's value cannot be right
   */
  private <T> void ruleOut(Fact<T> fact, BiFunction<Voice, T, Optional<String>> reason) {
    for (Voice voice : voices) {
      Optional<String> why = isDecided(fact, voice) ? Optional.empty() : why(voice, fact, reason);
      why.ifPresent(
          sentence -> {
            ruledOut.add(new RuledOut(fact.name(), voice.source, sentence));
            voice.facts = voice.facts.toBuilder().remove(fact).build();
          });
    }
    boolean decided = decisions.stream().anyMatch(decision -> decision.fact().equals(fact.name()));
    disproved |= !decided && record.flatMap(voice -> why(voice, fact, reason)).isPresent();
  }

  private static <T> Optional<String> why(
      Voice voice, Fact<T> fact, BiFunction<Voice, T, Optional<String>> reason) {
    return voice.facts.get(fact).flatMap(value -> reason.apply(voice, value));
  }
}
