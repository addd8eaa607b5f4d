package io.reseal.pieces;

import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.files.UnsealedTrailer;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The unsealed copies of sectors in the host's stores: they contain the pieces padded, one after
 * another.
 */
final class UnsealedCopies {

  private final Stores stores;

  UnsealedCopies(Stores stores) {
    this.stores = stores;
  }

  /** The sector's own copies. */
  PieceSource own() {
    return (sector, piece) -> ask(sector, piece, piece.offset());
  }

  /** Those of other sectors that hold the same piece. */
  PieceSource others(PieceHolders holders) {
    return (sector, piece) -> {
      try {
        return summary(
            holders.of(PieceNames.of(piece)).entrySet().stream()
                .filter(holder -> !holder.getKey().equals(sector))
                .flatMap(
                    holder ->
                        holder.getValue().stream()
                            .flatMap(offset -> ask(holder.getKey(), piece, offset).stream()))
                .toList());
      } catch (RuntimeException e) {
        return List.of(
            Answer.of(
                "the other sectors of the catalog", Answer.Verdict.UNREACHABLE, e.getMessage()));
      }
    };
  }

  /** Hundreds of sectors may hold a piece: missing copies are only counted. */
  private static List<Answer> summary(List<Answer> answers) {
    List<Answer> telling = answers.stream().filter(answer -> !answer.isAbsent()).toList();
    return telling.isEmpty() && !answers.isEmpty()
        ? List.of(
            Answer.absent(
                "the places of %d unsealed copies of other sectors with it"
                    .formatted(answers.size())))
        : telling;
  }

  private List<Answer> ask(SectorId holder, Piece piece, long offset) {
    return stores.usable().stream().map(store -> answer(store, holder, piece, offset)).toList();
  }

  private static Answer answer(Store store, SectorId holder, Piece piece, long offset) {
    Path file = store.files(holder).unsealed();
    if (!Files.isRegularFile(file)) {
      return Answer.absent(file);
    }
    try {
      return UnsealedTrailer.covers(file, offset, piece.size())
          ? Answer.here(
              new PieceFile(file, offset, true), "unsealed copy of sector %s".formatted(holder))
          : Answer.of(file, Answer.Verdict.UNFIT, "has no data at byte %d".formatted(offset));
    } catch (IOException e) {
      return Answer.of(file, Answer.Verdict.UNFIT, e.getMessage());
    }
  }
}
