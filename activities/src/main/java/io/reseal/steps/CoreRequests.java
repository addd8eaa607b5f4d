package io.reseal.steps;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.contract.SectorFacts;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.pieces.PieceFile;
import io.reseal.sector.Piece;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The stage program's requests, as {@code native/README.md} describes them. */
final class CoreRequests {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SectorFacts facts;
  private final SectorFiles files;
  private final Path lock;
  private final Path layersLock;

  /**
   * @param files where the sector's files are
   * @param lock the file the stage process holds locked
   * @param layersLock the one it holds instead while it makes the layers
   */
  CoreRequests(SectorFacts facts, SectorFiles files, Path lock, Path layersLock) {
    this.facts = facts;
    this.files = files;
    this.lock = lock;
    this.layersLock = layersLock;
  }

  ObjectNode addPieces(Replica replica, Map<Piece, PieceFile> pieceFiles) {
    ObjectNode request = ofProof("add_pieces").put("unsealed", files.unsealed(replica).toString());
    request.set("pieces", pieces(ReplicaFacts.of(facts, replica).pieces(), pieceFiles));
    return request;
  }

  ObjectNode treeD(Replica replica) {
    return ofProof("tree_d")
        .put("unsealed", files.unsealed(replica).toString())
        .put("cache", files.cacheDir(replica).toString())
        .put("comm_d", ReplicaFacts.of(facts, replica).commD().hex());
  }

  /** Needs no data: only what it was drawn from, CommD. */
  ObjectNode pc1() {
    return ofSector("pc1")
        .put("lock", layersLock.toString())
        .put("cache", files.cacheDir().toString());
  }

  ObjectNode pc2() {
    return sealing("pc2").put("unsealed", files.unsealed().toString());
  }

  ObjectNode checkSealed() {
    return sealing("check_sealed").put("comm_r", facts.commR().hex());
  }

  ObjectNode synthetic() {
    return checkSealed().put("op", "synthetic");
  }

  /**
   * @param key where the key is: with the other files, or in a store
   */
  ObjectNode snapEncode(SectorFiles key) {
    ObjectNode request =
        ofProof("snap_encode")
            .put("comm_d", facts.snap().commD().hex())
            .put("key_comm_r", facts.commR().hex())
            .put("comm_r", facts.snap().commR().hex())
            .put("unsealed", files.updateData().toString())
            .put("sealed", key.sealed().toString())
            .put("cache", key.cacheDir().toString())
            .put("update", files.update().toString())
            .put("update_cache", files.updateCacheDir().toString());
    request.set("pieces", pieces(facts.snap().pieces(), Map.of()));
    return request;
  }

  /** Asks what could explain that the sealed sector has another CommR than the expected one. */
  ObjectNode diagnose(Map<String, Path> knownPAux) {
    ObjectNode request = checkSealed().put("op", "diagnose");
    if (!facts.commDRecorded()) {
      request.remove("comm_d");
    }
    ArrayNode known = request.putArray("known");
    knownPAux.forEach(
        (name, pAux) -> known.addObject().put("name", name).put("p_aux", pAux.toString()));
    return request;
  }

  /** Of one of the sector's replicas: where it is sealed, or in a store. */
  static ObjectNode postCheck(SectorFacts facts, Replica replica, SectorFiles files) {
    return JSON.createObjectNode()
        .put("op", "post_check")
        .put("proof", facts.proof().registeredName())
        .put("miner", facts.sector().miner())
        .put("number", facts.sector().number())
        .put("comm_r", ReplicaFacts.of(facts, replica).commR().hex())
        .put("sealed", files.data(replica).toString())
        .put("cache", files.cacheDir(replica).toString());
  }

  /** The same replica, read whole. */
  static ObjectNode checkReplica(SectorFacts facts, Replica replica, SectorFiles files) {
    ObjectNode request = postCheck(facts, replica, files).put("op", "check_replica");
    return request.remove(List.of("miner", "number"));
  }

  ObjectNode checkSnap() {
    return postCheck(facts, Replica.UPDATE, files).put("lock", lock.toString());
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

  private ObjectNode sealing(String operation) {
    ObjectNode request =
        ofSector(operation)
            .put("sealed", files.sealed().toString())
            .put("cache", files.cacheDir().toString());
    request.set("pieces", pieces(facts.pieces(), Map.of()));
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

  private ObjectNode ofProof(String operation) {
    return request(operation).put("proof", facts.proof().registeredName());
  }

  private static ArrayNode pieces(List<Piece> pieces, Map<Piece, PieceFile> pieceFiles) {
    ArrayNode list = JSON.createArrayNode();
    for (Piece piece : pieces) {
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
