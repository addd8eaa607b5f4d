package io.reseal.steps;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreRequest;
import io.reseal.core.Operation;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.pieces.PieceFile;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The core's requests for a sector, as {@code native/README.md} describes them. */
final class CoreRequests {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** With how many random seeds proofs of a sealed sector are made and verified. */
  private static final int CHECK_ROUNDS = 1;

  private final SectorFacts facts;
  private final SectorFiles files;
  private final Path lock;
  private final Path layersLock;

  /**
   * @param files where the sector's files are
   * @param lock the file the stage process holds locked
   * @param layersLock the file it locks instead while it makes the layers
   */
  CoreRequests(SectorFacts facts, SectorFiles files, Path lock, Path layersLock) {
    this.facts = facts;
    this.files = files;
    this.lock = lock;
    this.layersLock = layersLock;
  }

  CoreRequest addPieces(Replica replica, Map<Piece, PieceFile> pieceFiles) {
    ObjectNode fields = ofProof().put("unsealed", files.unsealed(replica).toString());
    fields.set("pieces", pieces(ReplicaFacts.of(facts, replica).pieces(), pieceFiles));
    return new CoreRequest(Operation.ADD_PIECES, fields);
  }

  CoreRequest treeD(Replica replica) {
    ReplicaFacts of = ReplicaFacts.of(facts, replica);
    ObjectNode fields =
        ofProof()
            .put("unsealed", files.unsealed(replica).toString())
            .put("cache", files.cacheDir(replica).toString())
            .put("comm_d", of.commD().hex());
    fields.set("pieces", pieces(of.pieces(), Map.of()));
    return new CoreRequest(Operation.TREE_D, fields);
  }

  /** Needs no data, only its commitment CommD. */
  CoreRequest pc1() {
    return new CoreRequest(
        Operation.PC1,
        ofSector().put("lock", layersLock.toString()).put("cache", files.cacheDir().toString()));
  }

  /** The same where only the last layer is needed, so that the others do not stay. */
  CoreRequest pc1ForLastLayer() {
    CoreRequest pc1 = pc1();
    return new CoreRequest(pc1.operation(), pc1.fields().put("keep", "last_two"));
  }

  /**
   * Copies layers into scratch that PC1 would make otherwise.
   *
   * @param pc1 the request of that PC1
   * @param from the directory that has them
   */
  static CoreRequest copyLayers(CoreRequest pc1, Path from) {
    return new CoreRequest(
        Operation.COPY_LAYERS, pc1.fields().deepCopy().put("from", from.toString()));
  }

  /**
   * Makes the sealed file from the last layer, without trees C and D.
   *
   * @param commC the root of its tree C
   */
  CoreRequest encode(Commitment commC) {
    ObjectNode fields = sealed().put("comm_c", commC.hex());
    return new CoreRequest(
        Operation.ENCODE,
        facts.hasData() ? fields.put("unsealed", files.unsealed().toString()) : fields);
  }

  CoreRequest pc2() {
    return new CoreRequest(Operation.PC2, sealing().put("unsealed", files.unsealed().toString()));
  }

  CoreRequest checkSealed() {
    return new CoreRequest(Operation.CHECK_SEALED, sealed().put("rounds", CHECK_ROUNDS));
  }

  CoreRequest synthetic() {
    return new CoreRequest(Operation.SYNTHETIC, sealed());
  }

  /**
   * @param key the files of the key: in scratch, or in a store
   */
  CoreRequest snapEncode(SectorFiles key) {
    ObjectNode fields =
        ofProof()
            .put("comm_d", facts.snap().commD().hex())
            .put("key_comm_r", facts.commR().hex())
            .put("comm_r", facts.snap().commR().hex())
            .put("unsealed", files.updateData().toString())
            .put("sealed", key.sealed().toString())
            .put("cache", key.cacheDir().toString())
            .put("update", files.update().toString())
            .put("update_cache", files.updateCacheDir().toString());
    fields.set("pieces", pieces(facts.snap().pieces(), Map.of()));
    return new CoreRequest(Operation.SNAP_ENCODE, fields);
  }

  /**
   * Makes a lost key from its update.
   *
   * @param commC the root of tree C that the key and its update have in common
   * @param update the update's file
   */
  CoreRequest snapKey(Commitment commC, Path update) {
    return new CoreRequest(
        Operation.SNAP_KEY,
        ofProof()
            .put("comm_d", facts.snap().commD().hex())
            .put("key_comm_r", facts.commR().hex())
            .put("comm_c", commC.hex())
            .put("update", update.toString())
            .put("unsealed", files.updateData().toString())
            .put("sealed", files.sealed().toString())
            .put("cache", files.cacheDir().toString()));
  }

  /**
   * Takes a sector's data out of what they were encoded into.
   *
   * @param replica the sealed file, or for a snapped sector its update
   * @param key the last layer, or for a snapped sector the sealed file that was updated
   */
  CoreRequest decode(Path replica, Path key) {
    Replica of = UnsealedCheck.replica(facts);
    ObjectNode fields =
        ofProof()
            .put("comm_d", ReplicaFacts.of(facts, of).commD().hex())
            .put("replica", replica.toString())
            .put("key", key.toString())
            .put("unsealed", files.unsealed(of).toString());
    return new CoreRequest(
        Operation.DECODE,
        of == Replica.UPDATE ? fields.put("key_comm_r", facts.commR().hex()) : fields);
  }

  /** Searches for an explanation of a CommR that is not the recorded one. */
  CoreRequest diagnose(Map<String, Path> knownPAux) {
    ObjectNode fields = sealed();
    if (!facts.commDRecorded()) {
      fields.remove("comm_d");
    }
    ArrayNode known = fields.putArray("known");
    knownPAux.forEach(
        (name, pAux) -> known.addObject().put("name", name).put("p_aux", pAux.toString()));
    return new CoreRequest(Operation.DIAGNOSE, fields);
  }

  /** Checks a sample of one of the sector's replicas, in scratch or in a store. */
  static CoreRequest postCheck(SectorFacts facts, Replica replica, SectorFiles files) {
    return postCheck(facts, replica, files.data(replica), files.cacheDir(replica));
  }

  /**
   * The same, with the replica's file and the files that prove it wherever they are.
   *
   * @param cache the directory of the files that prove it
   */
  static CoreRequest postCheck(SectorFacts facts, Replica replica, Path data, Path cache) {
    return new CoreRequest(
        Operation.POST_CHECK,
        ofReplica(facts, replica, data, cache)
            .put("miner", facts.sector().miner())
            .put("number", facts.sector().number()));
  }

  /**
   * Checks the whole of one of the sector's replicas.
   *
   * @param known other roots of the sector, right or wrong
   */
  static CoreRequest checkReplica(
      SectorFacts facts, Replica replica, SectorFiles files, List<PAux> known) {
    ObjectNode fields = ofReplica(facts, replica, files.data(replica), files.cacheDir(replica));
    ArrayNode roots = fields.putArray("known");
    known.forEach(halves -> put(roots.addObject(), halves));
    return new CoreRequest(Operation.CHECK_REPLICA, fields);
  }

  /**
   * Computes tree R of a replica and writes its files into a directory.
   *
   * @param output what is there already is replaced, once everything is complete
   */
  static CoreRequest treeR(SectorFacts facts, Path replica, Path output) {
    return new CoreRequest(
        Operation.TREE_R,
        JSON.createObjectNode()
            .put("proof", facts.proof().registeredName())
            .put("sealed", replica.toString())
            .put("output", output.toString()));
  }

  /**
   * The same for some of the tree's files; only their part of the replica is read.
   *
   * @param names the files to make
   * @param others the directory with all other files
   */
  static CoreRequest treeR(
      SectorFacts facts, Path replica, Path output, List<String> names, Path others) {
    CoreRequest all = treeR(facts, replica, output);
    ArrayNode files = all.fields().put("cache", others.toString()).putArray("files");
    names.forEach(files::add);
    return all;
  }

  /** Computes the root of tree R from its files. */
  static CoreRequest treeRRoot(SealProof proof, Path cache) {
    return new CoreRequest(
        Operation.TREE_R_ROOT,
        JSON.createObjectNode()
            .put("proof", proof.registeredName())
            .put("cache", cache.toString()));
  }

  /** Reads what files in a cache directory that was not cleared say of the root of tree C. */
  static CoreRequest commC(SealProof proof, Path cache) {
    return new CoreRequest(
        Operation.COMM_C,
        JSON.createObjectNode()
            .put("proof", proof.registeredName())
            .put("cache", cache.toString()));
  }

  CoreRequest checkSnap() {
    CoreRequest check = postCheck(facts, Replica.UPDATE, files);
    return new CoreRequest(check.operation(), check.fields().put("lock", lock.toString()));
  }

  CoreRequest c1() {
    return new CoreRequest(
        Operation.C1,
        sealed().put("seed", facts.seed().value()).put("output", files.vanillaProofs().toString()));
  }

  CoreRequest c2() {
    return new CoreRequest(
        Operation.C2, publicInputs().put("input", files.vanillaProofs().toString()));
  }

  CoreRequest verifySeal(String proof) {
    return new CoreRequest(Operation.VERIFY_SEAL, publicInputs().put("proof", proof));
  }

  private ObjectNode sealed() {
    return sealing().put("comm_r", facts.commR().hex());
  }

  private ObjectNode sealing() {
    ObjectNode fields =
        ofSector()
            .put("sealed", files.sealed().toString())
            .put("cache", files.cacheDir().toString());
    fields.set("pieces", pieces(facts.pieces(), Map.of()));
    return fields;
  }

  /** The public inputs of a seal proof. */
  private ObjectNode publicInputs() {
    return ofSector().put("comm_r", facts.commR().hex()).put("seed", facts.seed().value());
  }

  private ObjectNode ofSector() {
    ObjectNode fields = locked().put("comm_d", facts.commD().hex());
    fields
        .putObject("sector")
        .put("proof", facts.proof().registeredName())
        .put("miner", facts.sector().miner())
        .put("number", facts.sector().number())
        .put("ticket", facts.ticket().value());
    return fields;
  }

  private ObjectNode ofProof() {
    return locked().put("proof", facts.proof().registeredName());
  }

  private ObjectNode locked() {
    return JSON.createObjectNode().put("lock", lock.toString());
  }

  private static ObjectNode ofReplica(SectorFacts facts, Replica replica, Path data, Path cache) {
    return JSON.createObjectNode()
        .put("proof", facts.proof().registeredName())
        .put("comm_r", ReplicaFacts.of(facts, replica).commR().hex())
        .put("sealed", data.toString())
        .put("cache", cache.toString());
  }

  private static ObjectNode put(ObjectNode fields, PAux halves) {
    return fields.put("comm_c", halves.commC().hex()).put("comm_r_last", halves.commRLast().hex());
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
