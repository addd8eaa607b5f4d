package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * A height of the chain, with what nodes know it by.
 *
 * @param height its epoch
 * @param blocks CIDs of its blocks
 */
record Tipset(long height, List<String> blocks) {

  static Tipset read(JsonNode answer) {
    List<String> blocks =
        Fields.list(answer.path("Cids"), "'Cids'", block -> Fields.cid(block, "'Cids'"));
    if (blocks.isEmpty()) {
      throw new MalformedException("'Cids' is empty");
    }
    return new Tipset(Fields.wholeNumber(answer, "Height"), blocks);
  }

  /** The key as calls take it. */
  List<Map<String, String>> key() {
    return blocks.stream().map(cid -> Map.of("/", cid)).toList();
  }
}
