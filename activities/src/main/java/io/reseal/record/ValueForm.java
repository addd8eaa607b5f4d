package io.reseal.record;

import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * How the values of a fact look: which are valid, the one form they are kept in, and how they are
 * stored and shown.
 *
 * @param stored class that a stored value is read as
 * @param cast turns a stored or kept value into its type
 * @param normal gives the one form of a value, or refuses it
 * @param text the value for people; equal for values that mean the same
 */
record ValueForm<T>(
    Class<?> stored, Function<Object, T> cast, UnaryOperator<T> normal, Function<T, String> text) {

  static final ValueForm<SealProof> PROOF = of(SealProof.class);
  static final ValueForm<Long> EPOCH = of(Long.class);
  static final ValueForm<Boolean> FLAG = of(Boolean.class);
  static final ValueForm<Standing> ON_CHAIN = of(Standing.class);
  static final ValueForm<String> TEXT = of(String.class);

  /** 32 bytes as hex. */
  static final ValueForm<String> RANDOMNESS = text(hex -> new Randomness(hex, null).value());

  /** CID of a CommD. */
  static final ValueForm<String> UNSEALED_CID = text(cid -> Cid.unsealed(Cid.ofUnsealed(cid)));

  /** CID of a CommR. */
  static final ValueForm<String> SEALED_CID = text(cid -> Cid.sealed(Cid.ofSealed(cid)));

  /** Pieces in order, with or without fillers; an empty list means that there are none. */
  static final ValueForm<List<Piece>> PIECES =
      new ValueForm<>(Piece[].class, ValueForm::pieces, List::copyOf, ValueForm::dataOf);

  private static <T> ValueForm<T> of(Class<T> type) {
    return new ValueForm<>(type, type::cast, UnaryOperator.identity(), Object::toString);
  }

  private static ValueForm<String> text(UnaryOperator<String> normal) {
    return new ValueForm<>(String.class, String.class::cast, normal, Function.identity());
  }

  private static List<Piece> pieces(Object value) {
    return value instanceof Piece[] array
        ? List.of(array)
        : ((List<?>) value).stream().map(Piece.class::cast).toList();
  }

  /**
   * Only pieces that hold data count: fillers may be left out, and it makes no difference how zeros
   * are divided into pieces.
   */
  private static String dataOf(List<Piece> pieces) {
    String data =
        pieces.stream()
            .filter(piece -> !piece.isZero())
            .sorted(Comparator.comparingLong(Piece::offset))
            .map(piece -> "%s:%d:%d".formatted(piece.cid(), piece.size(), piece.offset()))
            .collect(Collectors.joining(" "));
    return data.isEmpty() ? "none" : data;
  }
}
