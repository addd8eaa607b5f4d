package io.reseal.pieces;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.Operation;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import java.io.IOException;
import java.util.Optional;

/** Computes commitments with the sealing core, each in its own process. */
public final class CoreVerifier implements PieceVerifier {

  /** The end of the operation that {@link #request} asks for. */
  @FunctionalInterface
  public interface Outcome {
    JsonNode await() throws CoreException, StageDiedException, IOException, InterruptedException;
  }

  private final StageProgram program;

  public CoreVerifier(StageProgram program) {
    this.program = program;
  }

  @Override
  public Running start(PieceFile file, Piece piece) throws IOException {
    StageProcess process = program.start(request(file, piece));
    return new Running() {
      @Override
      public Optional<String> fault() throws IOException, InterruptedException {
        return CoreVerifier.fault(file, piece, () -> process.await(progress -> {}));
      }

      @Override
      public void close() {
        process.close();
      }
    };
  }

  /** Requests the commitment of a file that should be a piece. */
  public static CoreRequest request(PieceFile file, Piece piece) {
    ObjectNode fields =
        JsonNodeFactory.instance
            .objectNode()
            .put("file", file.path().toString())
            .put("size", piece.size());
    if (file.padded()) {
      fields.put("padded", true).put("offset", file.offset());
    }
    return new CoreRequest(Operation.PIECE_COMMITMENT, fields);
  }

  /**
   * Why the data is not the piece, from the core's result; empty if it is.
   *
   * @throws IOException if the core could not compute it
   */
  public static Optional<String> fault(PieceFile file, Piece piece, Outcome outcome)
      throws IOException, InterruptedException {
    try {
      Commitment found = new Commitment(outcome.await().path("commitment").asText());
      return found.equals(piece.commitment())
          ? Optional.empty()
          : Optional.of(
              "has other data, of CID %s%s"
                  .formatted(Cid.unsealed(found), CarV2.advice(file.path(), piece)));
    } catch (CoreException e) {
      if (e.code() == CoreCode.PIECE_MISMATCH) {
        return Optional.of("has other data: " + e.getMessage());
      }
      throw unread(file, e);
    } catch (StageDiedException e) {
      throw unread(file, e);
    }
  }

  private static IOException unread(PieceFile file, Exception cause) {
    return new IOException(
        "The CID of %s could not be computed: %s".formatted(file, cause.getMessage()), cause);
  }
}
