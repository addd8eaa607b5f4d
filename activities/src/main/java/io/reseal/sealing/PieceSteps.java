package io.reseal.sealing;

import io.reseal.files.Replica;
import io.reseal.pieces.PieceFile;
import io.reseal.pieces.Pieces;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The pieces of a sector and of its update: found, brought to the host, handed to the core. */
final class PieceSteps {

  private final Pieces pieces;

  PieceSteps(Pieces pieces) {
    this.pieces = pieces;
  }

  /** Looks for all that are needed; one that is nowhere ends the step. */
  String look(StepContext context) throws Exception {
    List<Piece> all = needed(context);
    Pieces.Look look = look(context, all);
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

  /** Brings all that are needed here, of the update too. */
  String download(StepContext context) throws Exception {
    download(context, needed(context));
    return "all pieces are here";
  }

  /** Where a replica's are on the host. What has gone since it was brought here is brought anew. */
  Map<Piece, PieceFile> atHand(StepContext context, Replica replica) throws Exception {
    List<Piece> wanted = ReplicaFacts.of(context.facts(), replica).pieces();
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

  private static List<Piece> needed(StepContext context) {
    return context.kind().replicas().stream()
        .flatMap(replica -> ReplicaFacts.of(context.facts(), replica).pieces().stream())
        .toList();
  }
}
