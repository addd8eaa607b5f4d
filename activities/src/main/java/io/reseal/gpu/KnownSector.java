package io.reseal.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.core.CoreRequest;
import io.reseal.core.Operation;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A sector of 2 KiB whose sealed files are known, and the requests that seal it. */
final class KnownSector {

  static final SealProof PROOF = SealProof.KIB_2_V1_1;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode KNOWN = read();

  /** Any seed will do: the proof is verified with the same one. */
  private static final String SEED = "2b".repeat(32);

  private static final int PERIOD = 251;

  private final Path data;
  private final Path unsealed;
  private final Path sealed;
  private final Path cache;
  private final Path vanilla;

  /**
   * @param directory an empty directory
   */
  KnownSector(Path directory) throws IOException {
    this.data = directory.resolve("data");
    this.unsealed = directory.resolve("unsealed");
    this.sealed = directory.resolve("sealed");
    this.cache = Files.createDirectory(directory.resolve("cache"));
    this.vanilla = directory.resolve("vanilla");
    Files.write(data, data());
  }

  private static JsonNode read() {
    try (InputStream stream = KnownSector.class.getResourceAsStream("known-sector.json")) {
      return JSON.readTree(stream);
    } catch (IOException e) {
      throw new IllegalStateException("The known sector cannot be read", e);
    }
  }

  /** Its data before padding, a fixed pattern. */
  private static byte[] data() {
    byte[] bytes = new byte[(int) (PROOF.size().bytes() / 128 * 127)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ((7 * i + 3) % PERIOD);
    }
    return bytes;
  }

  /** The requests that come before the GPU's part, in order. */
  List<CoreRequest> toLabel() {
    ObjectNode treeD =
        JSON.createObjectNode()
            .put("proof", PROOF.registeredName())
            .put("unsealed", unsealed.toString())
            .put("cache", cache.toString())
            .put("comm_d", text("comm_d"));
    ObjectNode pc1 = ofSector().put("cache", cache.toString());
    return List.of(
        addPieces(), new CoreRequest(Operation.TREE_D, treeD), new CoreRequest(Operation.PC1, pc1));
  }

  private CoreRequest addPieces() {
    ObjectNode request =
        JSON.createObjectNode()
            .put("proof", PROOF.registeredName())
            .put("unsealed", unsealed.toString());
    putPieces(request);
    return new CoreRequest(Operation.ADD_PIECES, request);
  }

  CoreRequest pc2() {
    ObjectNode request = sealing().put("unsealed", unsealed.toString());
    putPieces(request);
    return new CoreRequest(Operation.PC2, request);
  }

  CoreRequest c1() {
    ObjectNode request =
        sealing().put("comm_r", text("comm_r")).put("seed", SEED).put("output", vanilla.toString());
    putPieces(request);
    return new CoreRequest(Operation.C1, request);
  }

  CoreRequest c2() {
    return new CoreRequest(
        Operation.C2,
        ofSector()
            .put("comm_r", text("comm_r"))
            .put("seed", SEED)
            .put("input", vanilla.toString()));
  }

  /** Asks whether the parameters for its proof are on this host. */
  CoreRequest checkParameters() {
    return new CoreRequest(
        Operation.PARAMS_CHECK,
        JSON.createObjectNode().put("proof", PROOF.registeredName()).put("digests", false));
  }

  /**
   * The differences from the known results: commitments, then files.
   *
   * @param result the result of PC2
   */
  List<String> differences(JsonNode result) throws IOException {
    List<String> differences = new ArrayList<>();
    for (String name : List.of("comm_c", "comm_r_last", "comm_r")) {
      if (!result.path(name).asText().equals(text(name))) {
        differences.add("%s is %s, not %s".formatted(name, result.path(name).asText(), text(name)));
      }
    }
    for (Map.Entry<String, JsonNode> file : KNOWN.path("files").properties()) {
      Path path = file.getKey().equals("sealed") ? sealed : cache.resolve(file.getKey());
      if (!Files.exists(path) || !sha256(path).equals(file.getValue().path("sha256").asText())) {
        differences.add(file.getKey() + " has different content");
      }
    }
    return differences;
  }

  /** How many files are compared. */
  int files() {
    return KNOWN.path("files").size();
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private ObjectNode sealing() {
    return ofSector().put("sealed", sealed.toString()).put("cache", cache.toString());
  }

  private static ObjectNode ofSector() {
    ObjectNode request = JSON.createObjectNode().put("comm_d", text("comm_d"));
    request
        .putObject("sector")
        .put("proof", PROOF.registeredName())
        .put("miner", KNOWN.path("miner").asLong())
        .put("number", KNOWN.path("sector").asLong())
        .put("ticket", text("ticket"));
    return request;
  }

  private void putPieces(ObjectNode request) {
    request
        .putArray("pieces")
        .addObject()
        .put("commitment", text("comm_d"))
        .put("size", PROOF.size().bytes())
        .put("file", data.toString());
  }

  private static String text(String name) {
    return KNOWN.path(name).asText();
  }
}
