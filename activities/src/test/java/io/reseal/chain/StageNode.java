package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * What a real node answered about a miner of seven sectors at each stage of a loss: three of them
 * lost, faulty, rebuilt, declared recovered, and proven.
 */
public final class StageNode {

  public static final long MINER = 1001;

  private static final JsonNode RECORDED = read();

  private final JsonNode stage;
  private final long miner;

  private StageNode(JsonNode stage, long miner) {
    this.stage = stage;
    this.miner = miner;
  }

  private static JsonNode read() {
    try (InputStream in = StageNode.class.getResourceAsStream("/lotus/network-3/stages.json")) {
      return FakeNode.JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A node whose head is that stage. */
  public static FakeNode at(String stage) {
    return changing(stage, (call, answer) -> answer);
  }

  /**
   * A node whose head is the stage that it is at.
   *
   * @param miner the number that the miner has there
   */
  public static FakeNode following(Supplier<String> stage, long miner) {
    return FakeNode.answering(
        call -> new StageNode(RECORDED.path("stages").path(stage.get()), miner).answer(call));
  }

  /** A node at a stage whose answers are changed. */
  public static FakeNode changing(
      String stage, BiFunction<FakeNode.Call, JsonNode, JsonNode> change) {
    StageNode node = new StageNode(RECORDED.path("stages").path(stage), MINER);
    return FakeNode.answering(call -> change.apply(call, node.answer(call).deepCopy()));
  }

  private JsonNode answer(FakeNode.Call call) {
    JsonNode params = call.params();
    if (params.path(0).isTextual()
        && !params.path(0).textValue().matches("f0(%d|2|4)".formatted(miner))) {
      throw new FakeNode.Refusal("failed to load miner actor: actor not found");
    }
    return switch (call.method()) {
      case "ChainHead" ->
          FakeNode.JSON
              .createObjectNode()
              .<ObjectNode>set("Cids", stage.path("key"))
              .put("Height", stage.path("epoch").asLong());
      case "StateNetworkName" -> RECORDED.path("network");
      case "StateGetNetworkParams" -> FakeNode.JSON.createObjectNode().put("BlockDelaySecs", 4);
      case "StateReadState" ->
          atKey(
              params.path(1),
              stage.path(
                  switch (params.path(0).asText()) {
                    case "f02" -> "reward";
                    case "f04" -> "power";
                    default -> "miner";
                  }));
      case "StateMinerPartitions" -> {
        JsonNode partitions = stage.path("partitions").path(params.path(1).asText());
        yield atKey(
            params.path(2), partitions.isMissingNode() ? FakeNode.JSON.nullNode() : partitions);
      }
      case "StateMinerSectors" -> atKey(params.path(2), sectors(BitField.read(params.path(1))));
      case "StateSectorPartition" -> atKey(params.path(2), place(params.path(1).asLong()));
      case "StateSectorExpiration" ->
          atKey(params.path(2), stage.path("expirations").path(params.path(1).asText()));
      default -> atKey(params.path(1), stage.path(call.method()));
    };
  }

  /** No answer that is not of the stage's own tipset would tell its story. */
  private JsonNode atKey(JsonNode key, JsonNode answer) {
    if (!key.equals(stage.path("key"))) {
      throw new FakeNode.Refusal("asked at another tipset: " + key);
    }
    if (answer.isMissingNode()) {
      throw new FakeNode.Refusal("not recorded");
    }
    return answer;
  }

  private JsonNode place(long sector) {
    for (Map.Entry<String, JsonNode> deadline : stage.path("partitions").properties()) {
      for (int partition = 0; partition < deadline.getValue().size(); partition++) {
        JsonNode all = deadline.getValue().path(partition).path("AllSectors");
        if (BitField.read(all).contains(sector)) {
          return FakeNode.JSON
              .createObjectNode()
              .put("Deadline", Integer.valueOf(deadline.getKey()))
              .put("Partition", partition);
        }
      }
    }
    throw new FakeNode.Refusal("sector %d not due at any deadline".formatted(sector));
  }

  private JsonNode sectors(BitField numbers) {
    var found = FakeNode.JSON.createArrayNode();
    stage
        .path("sectors")
        .forEach(
            sector -> {
              if (numbers.contains(sector.path("SectorNumber").asLong())) {
                found.add(sector);
              }
            });
    return found;
  }
}
