package io.reseal.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import java.util.List;

/**
 * Answers of lotus-miner's API on sectors ({@code SectorsStatus}) that were saved to a file: one or
 * several, with the envelope of JSON-RPC or without, and perhaps after the headers of HTTP.
 */
final class LotusAnswers {

  private LotusAnswers() {}

  /** Whether a line of the text begins with JSON. */
  static boolean areIn(byte[] text) {
    return begin(text) < text.length;
  }

  static Reading read(long miner, byte[] text, String name) {
    FoundSectors found = new FoundSectors(name);
    List<ObjectNode> answers = JsonObjects.readEach(json(text), name, found::leaveOut);
    for (int index = 0; index < answers.size(); index++) {
      ObjectNode answer = answers.get(index);
      String which = "%s, answer %d of %d,".formatted(name, index + 1, answers.size());
      found.read(() -> sector(miner, answer, which, name));
    }
    return found.reading();
  }

  private static Findings sector(long miner, ObjectNode answer, String which, String name) {
    JsonNode error = answer.path("error");
    if (error.isObject()) {
      throw new SectorStateException(
          "%s is an error of the miner: \"%s\".".formatted(which, error.path("message").asText()),
          null);
    }
    JsonNode status = answer.has("result") ? answer.get("result") : answer;
    if (!status.has("SectorID") || !(status instanceof ObjectNode record)) {
      throw new SectorStateException(
          "%s is not what the miner's API answers to SectorsStatus.".formatted(which), null);
    }
    return new LotusSector(miner, record, which, "lotus " + name).findings();
  }

  /** The text with the lines before the first one that begins with JSON made empty. */
  private static byte[] json(byte[] text) {
    int begin = begin(text);
    byte[] json = text.clone();
    for (int at = 0; at < begin; at++) {
      json[at] = (byte) (text[at] == '\n' ? '\n' : ' ');
    }
    return json;
  }

  /** Where the first line begins that begins with JSON; the end if none does. */
  private static int begin(byte[] text) {
    boolean first = true;
    for (int at = 0; at < text.length; at++) {
      if (first && (text[at] == '{' || text[at] == '[')) {
        return at;
      }
      first = text[at] == '\n' || (first && (text[at] == ' ' || text[at] == '\t'));
    }
    return text.length;
  }
}
