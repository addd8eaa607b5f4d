package io.reseal.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.catalog.SectorRecord;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
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
import java.util.Map;
import java.util.TreeMap;

/** Seals sectors as a miner did long ago: stage by stage with the real core, random inputs. */
final class Sealer {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final StageProgram program;
  private final Path pieces;
  private final Path work;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param pieces where the pieces' files are put and stay
   * @param work where the sectors are sealed
   */
  Sealer(StageProgram program, Path pieces, Path work) {
    this.program = program;
    this.pieces = pieces;
    this.work = work;
  }

  /** A piece of random bytes, its file named by its CID. */
  Piece piece(long paddedSize, long offset) throws Exception {
    byte[] data = new byte[Math.toIntExact(paddedSize / 128 * 127)];
    random.nextBytes(data);
    Path file = Files.createTempFile(pieces, "new-", ".piece");
    Files.write(file, data);
    JsonNode result = run("piece_commitment", JSON.createObjectNode().put("file", file.toString()));
    String cid = Cid.unsealed(new Commitment(result.get("commitment").asText()));
    Files.move(file, pieces.resolve(cid));
    return new Piece(cid, paddedSize, offset);
  }

  /** A sector whose files are gone. */
  LostSector sealAndLose(SectorId sector, SealProof proof, List<Piece> known) throws Exception {
    Path base = Files.createTempDirectory(work, "sealing-");
    for (String kind : new String[] {"unsealed", "sealed", "cache"}) {
      Files.createDirectory(base.resolve(kind));
    }
    Path unsealed = base.resolve("unsealed").resolve(sector.fileName());
    Path sealed = base.resolve("sealed").resolve(sector.fileName());
    Path cache = Files.createDirectory(base.resolve("cache").resolve(sector.fileName()));
    ArrayNode complete = complete(proof, known);
    ObjectNode add = JSON.createObjectNode().put("proof", proof.registeredName());
    add.put("unsealed", unsealed.toString()).set("pieces", complete);
    String commD = run("add_pieces", add).get("comm_d").asText();
    ObjectNode tree = JSON.createObjectNode().put("proof", proof.registeredName());
    tree.put("unsealed", unsealed.toString()).put("cache", cache.toString()).put("comm_d", commD);
    JsonNode unusedTree = run("tree_d", tree);
    Randomness ticket = ticket();
    ObjectNode seal = JSON.createObjectNode().put("comm_d", commD);
    seal.putObject("sector")
        .put("proof", proof.registeredName())
        .put("miner", sector.miner())
        .put("number", sector.number())
        .put("ticket", ticket.value());
    seal.set("pieces", complete);
    seal.put("unsealed", unsealed.toString())
        .put("sealed", sealed.toString())
        .put("cache", cache.toString());
    JsonNode unusedLayers = run("pc1", seal.deepCopy());
    String commR = run("pc2", seal).get("comm_r").asText();
    SectorRecord record =
        new SectorRecord(
            sector,
            proof,
            ticket,
            null,
            Cid.unsealed(new Commitment(commD)),
            Cid.sealed(new Commitment(commR)),
            known,
            "test",
            null);
    Map<String, String> kept = new TreeMap<>(LostSector.filesIn(base, sector));
    kept.keySet().removeIf(name -> !isKept(name));
    remove(base);
    return new LostSector(record, kept);
  }

  private static boolean isKept(String name) {
    return name.startsWith("sealed/") || name.endsWith("_aux") || name.contains("tree-r-last");
  }

  Randomness ticket() {
    byte[] value = new byte[32];
    random.nextBytes(value);
    value[31] &= 0x3f;
    return new Randomness(HexFormat.of().formatHex(value), 3_000_000);
  }

  private ArrayNode complete(SealProof proof, List<Piece> known) {
    ArrayNode list = JSON.createArrayNode();
    for (Piece piece : PieceLayout.complete(proof.size(), known)) {
      ObjectNode node =
          list.addObject().put("commitment", piece.commitment().hex()).put("size", piece.size());
      if (!piece.isZero()) {
        node.put("file", pieces.resolve(piece.cid()).toString());
      }
    }
    return list;
  }

  private JsonNode run(String operation, ObjectNode request) throws Exception {
    try (StageProcess process = program.start(request.put("op", operation))) {
      return process.await(progress -> {});
    }
  }

  static void remove(Path directory) throws IOException {
    try (var tree = Files.walk(directory)) {
      for (Path path : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
