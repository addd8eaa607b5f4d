package io.reseal.pieces;

import io.reseal.sector.Piece;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The places on this host that were read and do not hold the piece they should, each until its file
 * changes.
 */
final class WrongFiles {

  /**
   * A place that should hold a piece.
   *
   * @param cid the piece's, in its canonical spelling
   * @param size its padded bytes
   */
  private record Taken(PieceFile file, String cid, long size) {
    static Taken of(PieceFile file, Piece piece) {
      return new Taken(file, PieceNames.of(piece), piece.size());
    }
  }

  private record Finding(FileVersion version, String fault) {}

  private final Map<Taken, Finding> findings = new ConcurrentHashMap<>();

  /**
   * Records what was found.
   *
   * @param version the file's before it was read
   * @param fault why it is not the piece, half a sentence
   */
  void add(PieceFile file, Piece piece, FileVersion version, String fault) {
    findings.put(Taken.of(file, piece), new Finding(version, fault));
  }

  /** The same answer, unless the file it names is known to be wrong. */
  Answer judge(Answer answer, Piece piece) {
    return answer
        .file()
        .flatMap(file -> fault(file, piece))
        .map(fault -> Answer.of(answer.place(), Answer.Verdict.UNFIT, fault))
        .orElse(answer);
  }

  private Optional<String> fault(PieceFile file, Piece piece) {
    Finding finding = findings.get(Taken.of(file, piece));
    if (finding == null) {
      return Optional.empty();
    }
    try {
      if (finding.version().equals(FileVersion.of(file.path()))) {
        return Optional.of(finding.fault());
      }
    } catch (IOException e) {
      // The next read meets the same error and reports it.
      return Optional.empty();
    }
    findings.remove(Taken.of(file, piece), finding);
    return Optional.empty();
  }
}
