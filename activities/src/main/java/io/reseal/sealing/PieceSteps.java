package io.reseal.sealing;

import io.reseal.contract.SectorFacts;
import io.reseal.pieces.PieceFile;
import io.reseal.pieces.Pieces;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The pieces of a sector and of its update: found, brought to the host, handed to the core. */
final class PieceSteps {

  private final Pieces pieces;

  PieceSteps(Pieces pieces) {
    this.pieces = pieces;
  }

  /** Looks for all of them; one that is nowhere ends the step. */
  String look(StepContext context) throws Exception {
    List<Piece> all = all(context.facts());
    Pieces.Look look = context.interruptible(() -> pieces.look(context.facts().sector(), all));
    context.toDownload(look.toDownload().size());
    if (look.atHand().isEmpty() && look.toDownload().isEmpty()) {
      return "no pieces to fetch";
    }
    return look.toDownload().isEmpty()
        ? "%d of %d pieces have files, the others are zeros"
            .formatted(look.atHand().size(), all.size())
        : "%d of %d pieces have files, %d more are to be downloaded"
            .formatted(look.atHand().size(), all.size(), look.toDownload().size());
  }

  /** Brings all of them here, of the update too. */
  String download(StepContext context) throws Exception {
    download(context, all(context.facts()));
    return "all pieces are here";
  }

  /** Where these are on the host. What has gone since it was brought here is brought anew. */
  Map<Piece, PieceFile> atHand(StepContext context, List<Piece> wanted) throws Exception {
    Pieces.Look look = look(context, wanted);
    if (!look.toDownload().isEmpty()) {
      download(context, wanted);
      look = look(context, wanted);
    }
    if (!look.toDownload().isEmpty()) {
      throw new IOException(
          "%d pieces of sector %s went away as soon as they were here; is the piece cache too small?"
              .formatted(look.toDownload().size(), context.facts().sector()));
    }
    return look.atHand();
  }

  /** The rebuild gives its thread back: what was brought here for it may make room. */
  void release(SectorId sector) throws IOException {
    pieces.release(sector);
  }

  private Pieces.Look look(StepContext context, List<Piece> wanted) throws Exception {
    return context.interruptible(() -> pieces.look(context.facts().sector(), wanted));
  }

  private void download(StepContext context, List<Piece> wanted) throws Exception {
    context.interruptible(
        () -> {
          pieces.download(
              context.facts().sector(),
              wanted,
              (done, total) ->
                  context.progressUnlessStopped(
                      done, total, "bytes", "%d of %d bytes".formatted(done, total)));
          return null;
        });
  }

  private static List<Piece> all(SectorFacts facts) {
    return Stream.concat(
            facts.pieces().stream(),
            facts.snap() == null ? Stream.of() : facts.snap().pieces().stream())
        .toList();
  }
}
