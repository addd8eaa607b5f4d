package io.reseal.sealing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.contract.SectorFacts;
import io.reseal.files.SectorFiles;
import io.reseal.pieces.PieceFile;
import io.reseal.sector.Piece;
import java.nio.file.Path;
import java.util.Map;

/** The stage program's requests, as {@code native/README.md} describes them. */
final class CoreRequests {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SectorFacts facts;
  private final SectorFiles files;
  private final Path lock;

  /**
   * @param files where the sector's files are
   * @param lock the file the stage process holds locked
   */
  CoreRequests(SectorFacts facts, SectorFiles files, Path lock) {
    this.facts = facts;
    this.files = files;
    this.lock = lock;
  }

  ObjectNode addPieces(Map<Piece, PieceFile> pieceFiles) {
    ObjectNode request =
        request("add_pieces")
            .put("proof", facts.proof().registeredName())
            .put("unsealed", files.unsealed().toString());
    request.set("pieces", pieces(pieceFiles));
    return request;
  }

  ObjectNode treeD() {
    return request("tree_d")
        .put("proof", facts.proof().registeredName())
        .put("unsealed", files.unsealed().toString())
        .put("cache", files.cacheDir().toString())
        .put("comm_d", facts.commD().hex());
  }

  ObjectNode pc1() {
    return sealing("pc1").put("unsealed", files.unsealed().toString());
  }

  ObjectNode pc2() {
    return sealing("pc2").put("unsealed", files.unsealed().toString());
  }

  ObjectNode checkSealed() {
    return sealing("check_sealed").put("comm_r", facts.commR().hex());
  }

  ObjectNode c1() {
    return checkSealed()
        .put("op", "c1")
        .put("seed", facts.seed().value())
        .put("output", files.vanillaProofs().toString());
  }

  ObjectNode c2() {
    return publicInputs("c2").put("input", files.vanillaProofs().toString());
  }

  ObjectNode verifySeal(String proof) {
    return publicInputs("verify_seal").put("proof", proof);
  }

  /** On the copy in a store, which nobody locks. */
  static ObjectNode postCheck(SectorFacts facts, SectorFiles stored) {
    return JSON.createObjectNode()
        .put("op", "post_check")
        .put("proof", facts.proof().registeredName())
        .put("miner", facts.sector().miner())
        .put("number", facts.sector().number())
        .put("comm_r", facts.commR().hex())
        .put("sealed", stored.sealed().toString())
        .put("cache", stored.cacheDir().toString());
  }

  private ObjectNode sealing(String operation) {
    ObjectNode request =
        ofSector(operation)
            .put("sealed", files.sealed().toString())
            .put("cache", files.cacheDir().toString());
    request.set("pieces", pieces(Map.of()));
    return request;
  }

  /** What everybody knows of a sector that is proven. */
  private ObjectNode publicInputs(String operation) {
    return ofSector(operation).put("comm_r", facts.commR().hex()).put("seed", facts.seed().value());
  }

  private ObjectNode ofSector(String operation) {
    ObjectNode request = request(operation).put("comm_d", facts.commD().hex());
    request
        .putObject("sector")
        .put("proof", facts.proof().registeredName())
        .put("miner", facts.sector().miner())
        .put("number", facts.sector().number())
        .put("ticket", facts.ticket().value());
    return request;
  }

  private ObjectNode request(String operation) {
    return JSON.createObjectNode().put("op", operation).put("lock", lock.toString());
  }

  private ArrayNode pieces(Map<Piece, PieceFile> pieceFiles) {
    ArrayNode list = JSON.createArrayNode();
    for (Piece piece : facts.pieces()) {
      ObjectNode node =
          list.addObject()
              .put("cid", piece.cid())
              .put("commitment", piece.commitment().hex())
              .put("size", piece.size());
      if (pieceFiles.containsKey(piece)) {
        PieceFile file = pieceFiles.get(piece);
        node.put("file", file.path().toString());
        if (file.padded()) {
          node.put("padded", true).put("offset", file.offset());
        }
      }
    }
    return list;
  }
}
