package io.reseal.pieces;

import java.util.Optional;

/**
 * One place's answer to whether it has a piece.
 *
 * @param place the place for people: a path, a URL, a bucket's object
 * @param verdict whether the piece is there
 * @param text the reason or the size, half a sentence
 * @param file the piece's data on this host, if the verdict is {@link Verdict#HERE}
 */
public record Answer(String place, Verdict verdict, String text, Optional<PieceFile> file) {

  /** Whether the piece is there. */
  public enum Verdict {
    /** It is on this host. */
    HERE,
    /** The place would send it. */
    OFFERED,
    /** The place does not have it. */
    ABSENT,
    /** What is there cannot be the piece. */
    UNFIT,
    /** The place refuses it, or must not be asked again. */
    REFUSED,
    /** The place did not answer, or cannot answer now. */
    UNREACHABLE
  }

  static Answer here(PieceFile file, String text) {
    return new Answer(file.toString(), Verdict.HERE, text, Optional.of(file));
  }

  static Answer of(Object place, Verdict verdict, String text) {
    return new Answer(place.toString(), verdict, text, Optional.empty());
  }

  static Answer absent(Object place) {
    return of(place, Verdict.ABSENT, "not there");
  }

  /** The same with more text. */
  Answer and(String more) {
    return new Answer(place, verdict, text + more, file);
  }

  /** Whether the place can provide the piece. */
  public boolean hasPiece() {
    return isHere() || isOffered();
  }

  boolean isHere() {
    return verdict == Verdict.HERE;
  }

  boolean isOffered() {
    return verdict == Verdict.OFFERED;
  }

  boolean isAbsent() {
    return verdict == Verdict.ABSENT;
  }

  /** For a list of the places searched. */
  @Override
  public String toString() {
    return isAbsent() ? place : "%s (%s)".formatted(place, text);
  }
}
