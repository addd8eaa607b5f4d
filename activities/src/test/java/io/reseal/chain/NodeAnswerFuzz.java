package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.fuzz.Fuzzed;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Fuzz target: answers of chain nodes. */
public final class NodeAnswerFuzz {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Consumer<JsonNode>> READERS =
      List.of(
          ActorEvents::read,
          BitField::read,
          OnChainSector::readOrNone,
          PreCommit::readOrNone,
          answer -> PreCommit.read(answer, Optional.empty()),
          Fields::randomness);

  private NodeAnswerFuzz() {}

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    JsonNode answer;
    try {
      answer = JSON.readTree(input).path("result");
    } catch (IOException notJson) {
      return;
    }
    for (Consumer<JsonNode> reader : READERS) {
      Fuzzed.parse(() -> reader.accept(answer), MalformedException.class);
    }
  }
}
