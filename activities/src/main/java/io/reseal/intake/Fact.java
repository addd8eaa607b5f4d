package io.reseal.intake;

import io.reseal.record.Findings;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One of the facts that sources tell of a sector.
 *
 * @param <T> its values
 */
public final class Fact<T> {

  static final Fact<SealProof> PROOF_TYPE =
      new Fact<>("proof-type", true, Findings::proof, Object::toString);
  static final Fact<String> TICKET = text("ticket", true, Findings::ticket);
  static final Fact<Long> TICKET_EPOCH =
      new Fact<>("ticket-epoch", false, Findings::ticketEpoch, Object::toString);
  static final Fact<String> SEED = text("seed", false, Findings::seed);
  static final Fact<Long> SEED_EPOCH =
      new Fact<>("seed-epoch", false, Findings::seedEpoch, Object::toString);
  static final Fact<String> COMM_D = text("comm-d", true, Findings::commD);
  static final Fact<String> COMM_R = text("comm-r", true, Findings::commR);
  static final Fact<List<Piece>> PIECES =
      new Fact<>("pieces", true, Findings::pieces, Fact::pieces);
  static final Fact<Boolean> SNAPPED =
      new Fact<>("snapped", true, Findings::snapped, Object::toString);
  static final Fact<String> SNAP_COMM_D = text("snap-comm-d", true, Findings::snapCommD);
  static final Fact<String> SNAP_COMM_R = text("snap-comm-r", true, Findings::snapCommR);
  static final Fact<List<Piece>> SNAP_PIECES =
      new Fact<>("snap-pieces", true, Findings::snapPieces, Fact::pieces);

  static final List<Fact<?>> ALL =
      List.of(
          PROOF_TYPE,
          TICKET,
          TICKET_EPOCH,
          SEED,
          SEED_EPOCH,
          COMM_D,
          COMM_R,
          PIECES,
          SNAPPED,
          SNAP_COMM_D,
          SNAP_COMM_R,
          SNAP_PIECES);

  private final String name;
  private final boolean determining;
  private final Function<Findings, T> value;
  private final Function<T, String> text;

  private Fact(
      String name, boolean determining, Function<Findings, T> value, Function<T, String> text) {
    this.name = name;
    this.determining = determining;
    this.value = value;
    this.text = text;
  }

  private static Fact<String> text(
      String name, boolean determining, Function<Findings, String> value) {
    return new Fact<>(name, determining, value, Function.identity());
  }

  /** Takes a fact's name as people write it. */
  public static Fact<?> ofName(String name) {
    return ALL.stream()
        .filter(fact -> fact.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no fact of a sector; there are %s."
                        .formatted(
                            name, ALL.stream().map(Fact::name).collect(Collectors.joining(", ")))));
  }

  public String name() {
    return name;
  }

  /** Whether a sector sealed with another value of it would be another sector. */
  boolean isDetermining() {
    return determining;
  }

  /** What the source says, or null. */
  T of(Findings findings) {
    return value.apply(findings);
  }

  /** The value for people, the same for values that mean the same; null where there is none. */
  String text(Findings findings) {
    T told = value.apply(findings);
    return told == null ? null : text.apply(told);
  }

  /**
   * Pieces are the same where those that hold data are: fillers can be left out, and it does not
   * matter how zeros are cut into pieces.
   */
  private static String pieces(List<Piece> pieces) {
    String data =
        pieces.stream()
            .filter(piece -> !piece.isZero())
            .sorted(Comparator.comparingLong(Piece::offset))
            .map(piece -> "%s:%d:%d".formatted(piece.cid(), piece.size(), piece.offset()))
            .collect(Collectors.joining(" "));
    return data.isEmpty() ? "none" : data;
  }

  @Override
  public String toString() {
    return name;
  }
}
