package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.files.Replica;
import io.reseal.pieces.CoreVerifier;
import io.reseal.pieces.PieceFile;
import io.reseal.pieces.PieceMissingException;
import io.reseal.pieces.PieceUnfitException;
import io.reseal.pieces.Pieces;
import io.reseal.plan.LostKey;
import io.reseal.plan.Repair;
import io.reseal.plan.UnsealedWish;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import io.reseal.steps.StoredCopies.Found;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The steps that find pieces, download them to the host, and assemble them. */
final class PieceSteps {

  private final Pieces pieces;
  private final StoredCopies copies;
  private final UnsealedSearch unsealed;

  PieceSteps(Pieces pieces, StoredCopies copies, UnsealedSearch unsealed) {
    this.pieces = pieces;
    this.copies = copies;
    this.unsealed = unsealed;
  }

  /** Searches the stores for what is wanted, then for pieces; a missing piece ends the step. */
  StepOutcome fetch(StepInputs inputs, StepWork work) throws Exception {
    if (inputs.unsealed() == UnsealedWish.ONLY) {
      return unsealed.only(inputs, work, wanted -> look(inputs, work, wanted));
    }
    StepOutcome found = fetchSealed(inputs, work);
    return inputs.unsealed() == null
        ? found
        : unsealed.also(inputs, work, wanted -> look(inputs, work, wanted), found);
  }

  private StepOutcome fetchSealed(StepInputs inputs, StepWork work) throws Exception {
    Found found = inputs.force() ? Found.NOTHING : copies.find(inputs, work);
    if (found.allIn() != null) {
      return new StepOutcome(
          "store \"%s\" has the whole sector, provable".formatted(found.allIn()),
          found.allIn(),
          found.keyIn(),
          0,
          null,
          found.repairs().orElse(null),
          null);
    }
    if (found.repair() != null && found.repair().lostKey() != null) {
      return lostKey(inputs, work, found);
    }
    if (found.repair() != null && found.repair().commC() == null && found.keyIn() == null) {
      return new StepOutcome(
          "no pieces are needed: repair of %s%s".formatted(found.repair().what(), found.note()),
          null,
          null,
          0,
          null,
          null,
          found.repair());
    }
    List<Piece> all = inputs.withKeyIn(found.keyIn()).withRepair(found.repair()).pieces();
    Pieces.Look look = look(inputs, work, all);
    return new StepOutcome(
        detail(look, all) + found.note(),
        null,
        found.keyIn(),
        look.toDownload().size(),
        null,
        null,
        found.repair());
  }

  /**
   * A key is lost whose update is there. It can be made from the update if the update's data can be
   * had. Otherwise it stays lost: no proof reads it, so it is not worth hours of labelling.
   */
  private StepOutcome lostKey(StepInputs inputs, StepWork work, Found found) throws Exception {
    if (inputs.lostKey() == LostKey.LEAVE) {
      return withoutKey(found, "a piece of the update's data did not arrive or was wrong");
    }
    List<Piece> all = inputs.withRepair(found.repair()).pieces();
    try {
      Pieces.Look look = look(inputs, work, all);
      return new StepOutcome(
          "the key is made from the update in store \"%s\": %s%s"
              .formatted(found.repair().updateIn(), detail(look, all), found.note()),
          null,
          null,
          look.toDownload().size(),
          null,
          null,
          found.repair());
    } catch (PieceMissingException | PieceUnfitException e) {
      return withoutKey(found, e.getMessage());
    }
  }

  private static StepOutcome withoutKey(Found found, String why) {
    Repair key = found.repair();
    String lost =
        "the key is lost, which no proof reads; it can be made from the update once the update's data can be had: %s"
            .formatted(why);
    Optional<Repair> rest = key.withoutKey();
    String intactIn = rest.isPresent() ? null : key.updateIn();
    return new StepOutcome(
        "store \"%s\" has the update, %s; %s%s"
            .formatted(
                key.updateIn(),
                rest.map(repair -> "repair of " + repair.what()).orElse("provable"),
                lost,
                found.note()),
        intactIn,
        null,
        0,
        null,
        null,
        rest.orElse(null),
        lost);
  }

  private static String detail(Pieces.Look look, List<Piece> all) {
    if (look.atHand().isEmpty() && look.toDownload().isEmpty()) {
      return "no pieces to fetch";
    }
    return look.toDownload().isEmpty()
        ? "%d of %d pieces have files, the others are zeros"
            .formatted(look.atHand().size(), all.size())
        : "%d of %d pieces have files, %d more are to be downloaded"
            .formatted(look.atHand().size(), all.size(), look.toDownload().size());
  }

  /** Downloads all pieces to the host, including those of the update. */
  StepOutcome download(StepInputs inputs, StepWork work) throws Exception {
    download(inputs, work, inputs.pieces());
    return StepOutcome.of("all pieces are on this host");
  }

  /** Where these pieces are on the host; any removed since the download are downloaded again. */
  private Map<Piece, PieceFile> atHand(StepInputs inputs, StepWork work, List<Piece> wanted)
      throws Exception {
    Pieces.Look look = look(inputs, work, wanted);
    if (!look.toDownload().isEmpty()) {
      download(inputs, work, wanted);
      look = look(inputs, work, wanted);
    }
    if (!look.toDownload().isEmpty()) {
      throw new IOException(
          "%d pieces of sector %s were removed as soon as they were downloaded; is the piece cache too small?"
              .formatted(look.toDownload().size(), inputs.facts().sector()));
    }
    return look.atHand();
  }

  /**
   * Assembles the pieces; the core verifies each of them in the same pass. If one is wrong, every
   * file is checked on its own, wrong files are skipped, and the core starts again with files from
   * other places.
   *
   * @param replica the replica that the pieces are for
   */
  StepOutcome assemble(StepInputs inputs, StepWork work, Replica replica) throws Exception {
    List<Piece> wanted = ReplicaFacts.of(inputs.facts(), replica).pieces();
    Map<Piece, PieceFile> files = atHand(inputs, work, wanted);
    Map<Taken, String> wrong = new LinkedHashMap<>();
    JsonNode result;
    try {
      result = work.run(inputs.requests().addPieces(replica, files));
    } catch (CoreException e) {
      if (e.code() != CoreCode.PIECE_MISMATCH) {
        throw e;
      }
      result =
          work.run(
              inputs.requests().addPieces(replica, examined(inputs, work, wanted, files, wrong)));
    }
    return StepOutcome.of(
        "%d pieces, each matching its CID%s"
            .formatted(
                result.path("pieces").asInt(),
                wrong.isEmpty()
                    ? ""
                    : wrong.values().stream()
                        .distinct()
                        .collect(Collectors.joining("; ", "; skipped: ", ""))));
  }

  /** A file that is assumed to be a piece. */
  private record Taken(Piece piece, PieceFile file) {}

  /**
   * Files for the pieces, all of which have been read and are right.
   *
   * @param wrong receives the files that are skipped, each with the reason
   */
  private Map<Piece, PieceFile> examined(
      StepInputs inputs,
      StepWork work,
      List<Piece> wanted,
      Map<Piece, PieceFile> found,
      Map<Taken, String> wrong)
      throws Exception {
    Map<Piece, PieceFile> files = found;
    Set<Taken> right = new HashSet<>();
    List<Taken> toRead = taken(files, right);
    while (!toRead.isEmpty()) {
      for (Taken taken : toRead) {
        Optional<String> fault = examine(work, taken);
        if (fault.isEmpty()) {
          right.add(taken);
        } else {
          skip(work, taken, "%s %s".formatted(taken.file(), fault.get()), wrong);
        }
      }
      files = atHand(inputs, work, wanted);
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

  private static void skip(StepWork work, Taken taken, String why, Map<Taken, String> wrong)
      throws IOException {
    if (wrong.put(taken, why) != null) {
      throw new IOException(
          "%s, and was wrong before it was downloaded again; its disk may be failing."
              .formatted(why));
    }
    work.warn("Skipped: " + why);
  }

  private Optional<String> examine(StepWork work, Taken taken)
      throws IOException, InterruptedException {
    work.throwIfStopped();
    return pieces.examine(
        taken.piece(),
        taken.file(),
        (file, piece) ->
            CoreVerifier.fault(file, piece, () -> work.run(CoreVerifier.request(file, piece))));
  }

  /** The rebuild releases its thread, so its downloaded pieces may be removed to make room. */
  void release(SectorId sector) throws IOException {
    pieces.release(sector);
  }

  private Pieces.Look look(StepInputs inputs, StepWork work, List<Piece> wanted) throws Exception {
    return work.searching(() -> pieces.look(inputs.facts().sector(), wanted));
  }

  private void download(StepInputs inputs, StepWork work, List<Piece> wanted) throws Exception {
    work.waiting(
        () -> {
          pieces.download(inputs.facts().sector(), wanted, work::copied);
          return null;
        });
  }
}
