package io.reseal.pieces;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import java.io.IOException;

/** Has the sealing core compute commitments, in a process of its own for each. */
public final class CoreVerifier implements PieceVerifier {

  private final StageProgram program;

  public CoreVerifier(StageProgram program) {
    this.program = program;
  }

  @Override
  public Running start(PieceFile file, Piece piece) throws IOException {
    ObjectNode request =
        JsonNodeFactory.instance
            .objectNode()
            .put("op", "piece_commitment")
            .put("file", file.path().toString())
            .put("size", piece.size());
    if (file.padded()) {
      request.put("padded", true).put("offset", file.offset());
    }
    StageProcess process = program.start(request);
    return new Running() {
      @Override
      public Commitment await() throws IOException, InterruptedException {
        try {
          return new Commitment(process.await(progress -> {}).path("commitment").asText());
        } catch (CoreException | StageDiedException e) {
          throw new IOException(
              "The CID of %s could not be computed: %s".formatted(file, e.getMessage()), e);
        }
      }

      @Override
      public void close() {
        process.close();
      }
    };
  }
}
