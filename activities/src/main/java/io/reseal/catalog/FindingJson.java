package io.reseal.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.sector.SectorId;
import java.util.List;

/**
 * Findings as {@code sector_finding} stores them: one JSON object with the sector, the source, the
 * remarks, and each known fact under its key. A fact that is absent or null is unknown.
 */
final class FindingJson {

  private static final JsonMapper MAPPER = new JsonMapper();

  private FindingJson() {}

  static String write(Findings findings) {
    ObjectNode json = MAPPER.createObjectNode();
    json.putPOJO("id", findings.id()).put("source", findings.source());
    findings.facts().each((fact, value) -> json.putPOJO(fact.key(), value));
    json.putPOJO("remarks", findings.remarks());
    try {
      return MAPPER.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Findings can always be written as JSON.", e);
    }
  }

  static Findings read(String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      Facts.Builder facts = Facts.builder();
      for (Fact<?> fact : Fact.ALL) {
        if (json.hasNonNull(fact.key())) {
          facts.putStored(fact, MAPPER.treeToValue(json.get(fact.key()), fact.storedClass()));
        }
      }
      return new Findings(
          MAPPER.treeToValue(json.get("id"), SectorId.class),
          json.path("source").textValue(),
          facts.build(),
          List.of(MAPPER.treeToValue(json.withArray("/remarks"), String[].class)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "A row of sector_finding cannot be read: %s".formatted(e.getOriginalMessage()), e);
    }
  }
}
