package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.files.Replica;
import io.reseal.pieces.CoreVerifier;
import io.reseal.pieces.PieceFile;
import io.reseal.pieces.Pieces;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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

  /** Where these are on the host. What has gone since it was brought here is brought anew. */
  private Map<Piece, PieceFile> atHand(StepContext context, List<Piece> wanted) throws Exception {
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

  /**
   * Has the core put pieces together, which verifies each in the same pass. Where one of them is
   * wrong each is read by itself, those that are wrong are passed by, and the core begins anew with
   * what other places have.
   *
   * @param replica whose pieces
   */
  String assemble(StepContext context, Replica replica) throws Exception {
    List<Piece> wanted = ReplicaFacts.of(context.facts(), replica).pieces();
    Map<Piece, PieceFile> files = atHand(context, wanted);
    Map<Taken, String> wrong = new LinkedHashMap<>();
    JsonNode result;
    try {
      result = context.run(context.requests().addPieces(replica, files));
    } catch (CoreException e) {
      if (e.code() != CoreCode.PIECE_MISMATCH) {
        throw e;
      }
      result =
          context.run(
              context.requests().addPieces(replica, examined(context, wanted, files, wrong)));
    }
    return "%d pieces, each as its CID says%s"
        .formatted(
            result.path("pieces").asInt(),
            wrong.isEmpty()
                ? ""
                : wrong.values().stream()
                    .distinct()
                    .collect(Collectors.joining("; ", "; passed by: ", "")));
  }

  /** A file that is taken for a piece. */
  private record Taken(Piece piece, PieceFile file) {}

  /**
   * Files of pieces that have all been read and are right, in the place of those that are not.
   *
   * @param wrong takes those that are passed by, each with why
   */
  private Map<Piece, PieceFile> examined(
      StepContext context,
      List<Piece> wanted,
      Map<Piece, PieceFile> found,
      Map<Taken, String> wrong)
      throws Exception {
    Map<Piece, PieceFile> files = found;
    Set<Taken> right = new HashSet<>();
    List<Taken> toRead = taken(files, right);
    while (!toRead.isEmpty()) {
      for (Taken taken : toRead) {
        Optional<String> fault = examine(context, taken);
        if (fault.isEmpty()) {
          right.add(taken);
        } else {
          passBy(context, taken, "%s %s".formatted(taken.file(), fault.get()), wrong);
        }
      }
      files = atHand(context, wanted);
      toRead = taken(files, right);
    }
    return files;
  }

  private static List<Taken> taken(Map<Piece, PieceFile> files, Set<Taken> right) {
    return files.entrySet().stream()
        .map(file -> new Taken(file.getKey(), file.getValue()))
        .filter(taken -> !right.contains(taken))
        .toList();
  }

  private static void passBy(StepContext context, Taken taken, String why, Map<Taken, String> wrong)
      throws IOException {
    if (wrong.put(taken, why) != null) {
      throw new IOException(
          "%s, and was wrong before it was brought anew; its disk may be failing.".formatted(why));
    }
    context.warn("Passed by: " + why);
  }

  private Optional<String> examine(StepContext context, Taken taken)
      throws IOException, InterruptedException {
    context.throwIfStopped();
    return pieces.examine(
        taken.piece(),
        taken.file(),
        (file, piece) ->
            CoreVerifier.fault(file, piece, () -> context.run(CoreVerifier.request(file, piece))));
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
