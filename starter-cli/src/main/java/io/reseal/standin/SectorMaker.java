package io.reseal.standin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.core.Operation;
import io.reseal.files.SectorFiles;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** Seals new sectors, like a miner. */
public final class SectorMaker {

  private static final int BLOCK = 1 << 20;

  /** Seals a sector whose data is complete. */
  public interface Sealer {

    /**
     * Seals it and returns its CommR.
     *
     * @param request what the core's PC1 and PC2 ask for: sector, pieces, CommD, places
     */
    String commR(ObjectNode request) throws IOException;
  }

  private final Stages stages;
  private final Path pieces;
  private final SecureRandom random = new SecureRandom();

  /**
   * Uses a core and a directory for pieces.
   *
   * @param pieces the directory for pieces, which are named by their CIDs
   */
  public SectorMaker(Stages stages, Path pieces) {
    this.stages = stages;
    this.pieces = pieces;
  }

  /** A piece of random bytes at an offset, as a file in the piece directory. */
  public Piece piece(long paddedSize, long offset) throws IOException {
    Path file = Files.createTempFile(pieces, "new-", ".piece");
    writeRandom(file, paddedSize / 128 * 127);
    ObjectNode request = Stages.request().put("file", file.toString());
    JsonNode result = stages.run(Operation.PIECE_COMMITMENT, request);
    String cid = Cid.unsealed(new Commitment(result.get("commitment").asText()));
    Files.move(file, pieces.resolve(cid));
    return new Piece(cid, paddedSize, offset);
  }

  private void writeRandom(Path file, long bytes) throws IOException {
    byte[] block = new byte[BLOCK];
    try (OutputStream stream = Files.newOutputStream(file)) {
      for (long rest = bytes; rest > 0; rest -= BLOCK) {
        random.nextBytes(block);
        stream.write(block, 0, (int) Math.min(rest, BLOCK));
      }
    }
  }

  /** Seals a sector with the core's stages and puts its files into a store. */
  public SectorRecord seal(SectorId sector, SealProof proof, List<Piece> known, Path store)
      throws IOException {
    return seal(sector, proof, known, store, null);
  }

  /**
   * The same; the last layer, which a finished sector does not need, is kept elsewhere.
   *
   * @param lastLayer its file, or null if it is not kept
   */
  public SectorRecord seal(
      SectorId sector, SealProof proof, List<Piece> known, Path store, Path lastLayer)
      throws IOException {
    return seal(
        sector,
        proof,
        known,
        request -> {
          String commR = sealByStages(proof, request);
          Path cache = Path.of(request.get("cache").asText());
          SectorFiles stored = new SectorFiles(store, sector);
          if (lastLayer != null) {
            move(cache.resolve(stored.lastLayer(proof).getFileName()), lastLayer);
          }
          move(Path.of(request.get("sealed").asText()), stored.sealed());
          for (String name : List.of("p_aux", "t_aux", "sc-02-data-tree-r-last.dat")) {
            move(cache.resolve(name), stored.cacheDir().resolve(name));
          }
          return commR;
        });
  }

  /** Seals a sector in a directory that is removed afterwards. */
  public SectorRecord seal(SectorId sector, SealProof proof, List<Piece> known, Sealer sealer)
      throws IOException {
    Path work = Files.createTempDirectory(pieces.getParent(), "making-");
    Randomness ticket = ticket();
    Path unsealed = work.resolve("unsealed");
    String commD = assemble(proof, known, unsealed);
    ObjectNode request =
        Stages.request()
            .put("comm_d", commD)
            .put("unsealed", unsealed.toString())
            .put("sealed", work.resolve("sealed").toString())
            .put("cache", Files.createDirectory(work.resolve("cache")).toString());
    request.set("pieces", pieces(proof, known));
    request.set("sector", identity(sector, proof, ticket));
    String commR = sealer.commR(request);
    Directories.remove(work);
    return SectorRecord.of(
        sector,
        Facts.builder()
            .put(Fact.PROOF_TYPE, proof)
            .put(Fact.TICKET, ticket.value())
            .put(Fact.TICKET_EPOCH, ticket.epoch())
            .put(Fact.COMM_D, Cid.unsealed(new Commitment(commD)))
            .put(Fact.COMM_R, Cid.sealed(new Commitment(commR)))
            .put(Fact.PIECES, known)
            .build(),
        "demo");
  }

  /**
   * Updates a sector in a store with new pieces; its key stays.
   *
   * @param key the sector's record, without an update
   */
  public SectorRecord snap(SectorRecord key, List<Piece> known, Path store) throws IOException {
    Path work = Files.createTempDirectory(pieces.getParent(), "updating-");
    Path unsealed = work.resolve("unsealed");
    SectorFiles stored = new SectorFiles(store, key.id());
    SealProof proof = key.proof();
    String commD = assemble(proof, known, unsealed);
    ObjectNode tree =
        Stages.request()
            .put("proof", proof.toString())
            .put("comm_d", commD)
            .put("unsealed", unsealed.toString())
            .put("cache", Files.createDirectories(stored.updateCacheDir()).toString());
    stages.run(Operation.TREE_D, tree);
    Files.createDirectories(stored.update().getParent());
    ObjectNode request =
        Stages.request()
            .put("proof", proof.toString())
            .put("comm_d", commD)
            .put("unsealed", unsealed.toString())
            .put("key_comm_r", Cid.ofSealed(key.commR()).hex())
            .put("sealed", stored.sealed().toString())
            .put("cache", stored.cacheDir().toString())
            .put("update", stored.update().toString())
            .put("update_cache", stored.updateCacheDir().toString());
    request.set("pieces", pieces(proof, known));
    String commR = stages.run(Operation.SNAP_ENCODE, request).get("comm_r").asText();
    for (String name : List.of("sc-02-data-tree-d.dat", "reseal-kept.json")) {
      Files.delete(stored.updateCacheDir().resolve(name));
    }
    Directories.remove(work);
    return SectorRecord.of(
        key.id(),
        key.facts().toBuilder()
            .put(Fact.SNAPPED, true)
            .put(Fact.SNAP_COMM_D, Cid.unsealed(new Commitment(commD)))
            .put(Fact.SNAP_COMM_R, Cid.sealed(new Commitment(commR)))
            .put(Fact.SNAP_PIECES, known)
            .build(),
        key.source());
  }

  /**
   * Assembles a sector's data in a file.
   *
   * @return its CommD, hexadecimal
   */
  public String assemble(SealProof proof, List<Piece> known, Path unsealed) {
    ObjectNode request =
        Stages.request().put("proof", proof.toString()).put("unsealed", unsealed.toString());
    request.set("pieces", pieces(proof, known));
    return stages.run(Operation.ADD_PIECES, request).get("comm_d").asText();
  }

  private String sealByStages(SealProof proof, ObjectNode request) {
    ObjectNode treeD = request.deepCopy().put("proof", proof.toString());
    treeD.remove(List.of("sector", "sealed"));
    stages.run(Operation.TREE_D, treeD);
    stages.run(Operation.PC1, request.deepCopy());
    return stages.run(Operation.PC2, request.deepCopy()).get("comm_r").asText();
  }

  /** A new random ticket that could be the chain's. */
  public Randomness ticket() {
    byte[] value = new byte[32];
    random.nextBytes(value);
    // As on chain: below the order of the proofs' field.
    value[31] &= 0x3f;
    return new Randomness(HexFormat.of().formatHex(value), 3_000_000);
  }

  private ObjectNode identity(SectorId sector, SealProof proof, Randomness ticket) {
    return Stages.request()
        .put("proof", proof.toString())
        .put("miner", sector.miner())
        .put("number", sector.number())
        .put("ticket", ticket.value());
  }

  /** A sector's pieces and the fillers between them, in the form of requests to the core. */
  public ArrayNode pieces(SealProof proof, List<Piece> known) {
    ArrayNode complete = Stages.request().arrayNode();
    for (Piece piece : PieceLayout.complete(proof.size(), known)) {
      ObjectNode node =
          complete
              .addObject()
              .put("cid", piece.cid())
              .put("commitment", piece.commitment().hex())
              .put("size", piece.size());
      if (!piece.isZero()) {
        node.put("file", pieces.resolve(piece.cid()).toString());
      }
    }
    return complete;
  }

  private static void move(Path file, Path place) throws IOException {
    Files.createDirectories(place.getParent());
    Files.move(file, place);
  }
}
