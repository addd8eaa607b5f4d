package io.reseal.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.core.CoreException;
import io.reseal.core.CoreFiles;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.SealProof;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The proofs library's own calls: what a sector's files are by anybody else's software. */
final class StockLibrary {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path stage;

  StockLibrary(Map<String, String> environment) {
    this.stage = CoreFiles.find(Optional.empty(), environment).stageProgram();
  }

  /**
   * Seals a sector whose data are there; the request is that of the core's PC2.
   *
   * @return its CommR, hexadecimal
   */
  String seal(ObjectNode request) throws IOException {
    return direct("seal", request).get("comm_r").asText();
  }

  /** The data of a sector in a file, by the core. */
  String addPieces(SealProof proof, List<Piece> known, Path pieces, Path unsealed)
      throws IOException {
    ObjectNode request =
        JSON.createObjectNode()
            .put("op", "add_pieces")
            .put("proof", proof.toString())
            .put("unsealed", unsealed.toString());
    request.set("pieces", list(proof, known, pieces));
    try (StageProcess process = new StageProgram(stage, Map.of()).start(request)) {
      return process.await(progress -> {}).get("comm_d").asText();
    } catch (CoreException | StageDiedException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /**
   * Encodes an update over a key; the request is that of the core's {@code snap_encode}.
   *
   * @return the update's CommR, hexadecimal
   */
  String snap(ObjectNode request) throws IOException {
    return direct("snap", request).get("comm_r").asText();
  }

  /** The complete list of pieces as requests have it. */
  static ArrayNode list(SealProof proof, List<Piece> known, Path pieces) {
    ArrayNode list = JSON.createArrayNode();
    for (Piece piece : PieceLayout.complete(proof.size(), known)) {
      ObjectNode node =
          list.addObject()
              .put("cid", piece.cid())
              .put("commitment", piece.commitment().hex())
              .put("size", piece.size());
      if (!piece.isZero()) {
        node.put("file", pieces.resolve(piece.cid()).toString());
      }
    }
    return list;
  }

  private JsonNode direct(String call, ObjectNode request) throws IOException {
    Process process =
        new ProcessBuilder(stage.resolveSibling("reseal-direct").toString(), call)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (Writer stdin = process.outputWriter(StandardCharsets.UTF_8);
        BufferedReader stdout = process.inputReader(StandardCharsets.UTF_8)) {
      stdin.write(request + "\n");
      stdin.flush();
      String line = stdout.readLine();
      if (line == null) {
        throw new IOException("reseal-direct " + call + " failed: see its message.");
      }
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      process.destroyForcibly();
    }
  }
}
