package io.reseal.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.reseal.config.NodeAddress;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import io.reseal.sector.ZeroPieces;
import io.reseal.standin.LoopbackServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A node of a simulated chain with one miner, which committed ten sectors at each height; every
 * other sector has a piece, the rest are empty. It answers without delay.
 */
final class ChainStandIn implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HEAD = 3_000_000;
  private static final int FIRST_ACTIVATION = 1_000_000;
  private static final int PER_HEIGHT = 10;
  private static final int PROOF_DELAY = 200;
  private static final int TICKET_DELAY = 1100;
  private static final int DEADLINES = 48;
  private static final SealProof PROOF = SealProof.GIB_32_V1_1;
  private static final int CBOR_CODEC = 0x51;
  private static final byte[] CID_IN_CBOR = {
    (byte) 0xd8, 0x2a, 0x58, 0x28, 0, 1, (byte) 0x81, (byte) 0xe2, 3, (byte) 0x92, 0x20, 0x20
  };

  private final int sectors;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** The call cannot be answered. */
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  ChainStandIn(int sectors) throws IOException {
    this.sectors = sectors;
    this.server = LoopbackServer.create();
    server.setExecutor(threads);
    server.createContext("/rpc/v1", this::answer);
    server.start();
  }

  NodeAddress address() {
    return NodeAddress.parse("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode call = JSON.readTree(exchange.getRequestBody());
      ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
      answer.set("id", call.path("id"));
      try {
        answer.set("result", result(call.path("method").asText(), call.path("params")));
      } catch (Refusal e) {
        answer.putObject("error").put("code", 1).put("message", e.getMessage());
      }
      byte[] body = JSON.writeValueAsBytes(answer);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private JsonNode result(String method, JsonNode params) {
    return switch (method) {
      case "Filecoin.ChainHead" -> tipset(HEAD);
      case "Filecoin.ChainGetTipSetByHeight" -> tipset(params.get(0).asInt());
      case "Filecoin.StateMinerFaults" -> JSON.createArrayNode().add(0);
      case "Filecoin.StateMinerPartitions" -> partitions(params.get(1).asInt());
      case "Filecoin.StateMinerSectors" -> list(params.get(1));
      case "Filecoin.StateSectorGetInfo" ->
          params.get(1).asInt() < sectors ? sector(params.get(1).asInt()) : JSON.nullNode();
      case "Filecoin.StateSectorPreCommitInfo" ->
          params.get(1).asInt() < sectors ? preCommit(params.get(1).asInt()) : JSON.nullNode();
      case "Filecoin.StateGetNetworkParams" ->
          JSON.createObjectNode().put("PreCommitChallengeDelay", 150);
      case "Filecoin.StateGetRandomnessDigestFromTickets" ->
          JSON.getNodeFactory().binaryNode(bytes(params.get(0).asInt()));
      case "Filecoin.StateGetRandomnessFromBeacon" ->
          JSON.getNodeFactory().binaryNode(bytes(params.get(1).asInt()));
      case "Filecoin.GetActorEventsRaw" -> events(params.get(0).path("fromHeight").asInt());
      default -> throw new Refusal("method '%s' not found".formatted(method));
    };
  }

  private static JsonNode tipset(int height) {
    ObjectNode tipset = JSON.createObjectNode().put("Height", height);
    tipset.putArray("Cids").addObject().put("/", "bafy2bzace" + height);
    return tipset;
  }

  /** Spreads the sectors over all deadlines, in order. */
  private JsonNode partitions(int deadline) {
    int each = (sectors + DEADLINES - 1) / DEADLINES;
    int from = Math.min(sectors, deadline * each);
    int to = Math.min(sectors, from + each);
    ArrayNode partitions = JSON.createArrayNode();
    if (to > from) {
      ObjectNode partition = partitions.addObject();
      partition.putArray("AllSectors").add(from).add(to - from);
      partition.putArray("LiveSectors").add(from).add(to - from);
      partition.putArray("ActiveSectors").add(from).add(to - from);
      partition.putArray("FaultySectors").add(0);
      partition.putArray("RecoveringSectors").add(0);
    }
    return partitions;
  }

  private JsonNode list(JsonNode runs) {
    ArrayNode list = JSON.createArrayNode();
    int at = 0;
    for (int run = 0; run < runs.size(); run++) {
      int length = runs.get(run).asInt();
      for (int number = at; run % 2 == 1 && number < at + length; number++) {
        if (number >= sectors) {
          throw new Refusal("can't find sector %d".formatted(number));
        }
        list.add(sector(number));
      }
      at += length;
    }
    return list;
  }

  private static JsonNode sector(int number) {
    ObjectNode sector =
        JSON.createObjectNode()
            .put("SectorNumber", number)
            .put("SealProof", PROOF.number())
            .put("Activation", activation(number))
            .put("Expiration", HEAD + 1_500_000)
            .put("PowerBaseEpoch", activation(number))
            .put("DealWeight", "0")
            .put("VerifiedDealWeight", "0")
            .put("InitialPledge", "140256000000000000")
            .put("DailyFee", "3780793052776")
            .putNull("SectorKeyCID");
    sector.putObject("SealedCID").put("/", Cid.sealed(commitment(number)));
    return sector;
  }

  private static JsonNode preCommit(int number) {
    ObjectNode preCommit =
        JSON.createObjectNode().put("PreCommitEpoch", activation(number) - PROOF_DELAY);
    ObjectNode info =
        preCommit
            .putObject("Info")
            .put("SectorNumber", number)
            .put("SealProof", PROOF.number())
            .put("SealRandEpoch", activation(number) - TICKET_DELAY)
            .put("Expiration", HEAD + 1_500_000)
            .putNull("DealIDs");
    info.putObject("SealedCID").put("/", Cid.sealed(commitment(number)));
    if (hasData(number)) {
      info.putObject("UnsealedCid").put("/", Cid.unsealed(commitment(number)));
    } else {
      info.putNull("UnsealedCid");
    }
    return preCommit;
  }

  /** One piece that fills the sector: its commitment is CommD. */
  private JsonNode events(int height) {
    ArrayNode events = JSON.createArrayNode();
    int first = (height - FIRST_ACTIVATION) * PER_HEIGHT;
    for (int number = first; number < Math.min(sectors, first + PER_HEIGHT); number++) {
      ObjectNode event = events.addObject().put("height", height).put("reverted", false);
      ArrayNode entries = event.putArray("entries");
      entry(entries, "$type", text("sector-activated"));
      entry(entries, "sector", number(number));
      if (hasData(number)) {
        entry(entries, "unsealed-cid", cid(commitment(number)));
        entry(entries, "piece-cid", cid(commitment(number)));
        entry(entries, "piece-size", number(PROOF.size().bytes()));
      } else {
        entry(entries, "unsealed-cid", new byte[] {(byte) 0xf6});
      }
    }
    return events;
  }

  private static void entry(ArrayNode entries, String key, byte[] cbor) {
    entries
        .addObject()
        .put("Key", key)
        .put("Codec", CBOR_CODEC)
        .put("Value", Base64.getEncoder().encodeToString(cbor));
  }

  private static byte[] text(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(1 + ascii.length)
        .put((byte) (0x60 | ascii.length))
        .put(ascii)
        .array();
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(9).put((byte) 0x1b).putLong(value).array();
  }

  private static byte[] cid(Commitment commitment) {
    ByteArrayOutputStream cid = new ByteArrayOutputStream();
    cid.writeBytes(CID_IN_CBOR);
    cid.writeBytes(commitment.bytes());
    return cid.toByteArray();
  }

  private static boolean hasData(int number) {
    return number % 2 == 1;
  }

  private static int activation(int number) {
    return FIRST_ACTIVATION + number / PER_HEIGHT;
  }

  private static Commitment commitment(int number) {
    return Commitment.of(bytes(number));
  }

  /** Bytes that are a valid commitment: its two highest bits are zero. */
  private static byte[] bytes(int number) {
    byte[] bytes = ZeroPieces.commitment(128).bytes();
    return ByteBuffer.wrap(bytes).putInt(number).array();
  }
}
