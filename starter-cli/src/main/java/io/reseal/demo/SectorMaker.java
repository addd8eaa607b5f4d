package io.reseal.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.catalog.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** Seals new sectors of 2 KiB with the real core, as a miner would have. */
final class SectorMaker {

  private static final SealProof PROOF = SealProof.KIB_2_V1_1;

  private final Stages stages;
  private final Path pieces;
  private final Path store;
  private final SecureRandom random = new SecureRandom();

  /**
   * Of places.
   *
   * @param pieces where pieces are put, named by their CIDs
   * @param store where the kept files are put
   */
  SectorMaker(Stages stages, Path pieces, Path store) {
    this.stages = stages;
    this.pieces = pieces;
    this.store = store;
  }

  /** A piece of random bytes at an offset, as a file in the piece directory. */
  Piece piece(long paddedSize, long offset) throws IOException {
    byte[] data = new byte[Math.toIntExact(paddedSize / 128 * 127)];
    random.nextBytes(data);
    Path file = Files.createTempFile(pieces, "new-", ".piece");
    Files.write(file, data);
    ObjectNode request = Stages.JSON.createObjectNode().put("file", file.toString());
    JsonNode result = stages.run("piece_commitment", request);
    String cid = Cid.unsealed(new Commitment(result.get("commitment").asText()));
    Files.move(file, pieces.resolve(cid));
    return new Piece(cid, paddedSize, offset);
  }

  /**
   * Seals a sector in a directory that is removed afterwards, and puts its files into the store.
   */
  SectorRecord seal(SectorId sector, List<Piece> known) throws IOException {
    Path work = Files.createTempDirectory(pieces.getParent(), "making-");
    Path unsealed = work.resolve("unsealed");
    Path sealed = work.resolve("sealed");
    Path cache = Files.createDirectory(work.resolve("cache"));
    Randomness ticket = ticket();
    ArrayNode complete = pieces(known);

    ObjectNode add = request(unsealed, null, cache, complete, null);
    add.remove("cache");
    String commD =
        stages.run("add_pieces", add.put("proof", PROOF.toString())).get("comm_d").asText();
    JsonNode unusedTree =
        stages.run(
            "tree_d",
            request(unsealed, null, cache, complete, commD).put("proof", PROOF.toString()));
    ObjectNode pc1 = request(unsealed, sealed, cache, complete, commD);
    pc1.set("sector", identity(sector, ticket));
    JsonNode unusedLayers = stages.run("pc1", pc1);
    ObjectNode pc2 = request(unsealed, sealed, cache, complete, commD);
    pc2.set("sector", identity(sector, ticket));
    String commR = stages.run("pc2", pc2).get("comm_r").asText();

    move(sealed, store.resolve(KeptFiles.sealed(sector)));
    for (String name : List.of("p_aux", "t_aux", "sc-02-data-tree-r-last.dat")) {
      move(cache.resolve(name), store.resolve(KeptFiles.cached(sector, name)));
    }
    Directories.remove(work);
    return new SectorRecord(
        sector,
        PROOF,
        ticket,
        null,
        Cid.unsealed(new Commitment(commD)),
        Cid.sealed(new Commitment(commR)),
        known,
        "demo",
        null);
  }

  private Randomness ticket() {
    byte[] value = new byte[32];
    random.nextBytes(value);
    // As on chain: below the order of the proofs' field.
    value[31] &= 0x3f;
    return new Randomness(HexFormat.of().formatHex(value), 3_000_000);
  }

  private static ObjectNode identity(SectorId sector, Randomness ticket) {
    return Stages.JSON
        .createObjectNode()
        .put("proof", PROOF.toString())
        .put("miner", sector.miner())
        .put("number", sector.number())
        .put("ticket", ticket.value());
  }

  private ArrayNode pieces(List<Piece> known) {
    ArrayNode complete = Stages.JSON.createArrayNode();
    for (Piece piece : PieceLayout.complete(PROOF.size(), known)) {
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

  private static ObjectNode request(
      Path unsealed, Path sealed, Path cache, ArrayNode pieces, String commD) {
    ObjectNode request = Stages.JSON.createObjectNode();
    request.put("unsealed", unsealed.toString());
    request.put("cache", cache.toString());
    request.set("pieces", pieces);
    if (sealed != null) {
      request.put("sealed", sealed.toString());
    }
    if (commD != null) {
      request.put("comm_d", commD);
    }
    return request;
  }

  private static void move(Path file, Path place) throws IOException {
    Files.createDirectories(place.getParent());
    Path unused = Files.move(file, place);
  }
}
