package io.reseal.exchange;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Reads one JSON object from text, losing nothing of it, and writes it on one line. */
final class JsonObjects {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonObjects() {}

  static ObjectNode create() {
    return MAPPER.createObjectNode();
  }

  /**
   * Reads the one object that the text must hold.
   *
   * @param name what messages call the text
   */
  static ObjectNode read(byte[] utf8, String name) {
    try (JsonParser parser = MAPPER.createParser(utf8)) {
      JsonNode value = MAPPER.readTree(parser);
      if (value == null) {
        throw new SectorStateException(name + " is empty.", null);
      }
      if (!(value instanceof ObjectNode object)) {
        throw new SectorStateException(
            "%s holds no JSON object: it must be the state of one sector, {\"ID\":…}."
                .formatted(name),
            null);
      }
      if (parser.nextToken() != null) {
        throw new SectorStateException(
            "%s holds more than one value, the second at %s: give each sector a file of its own."
                .formatted(name, place(parser.currentTokenLocation())),
            null);
      }
      return object;
    } catch (JsonProcessingException e) {
      throw refuse(utf8, name, e);
    } catch (IOException e) {
      throw new SectorStateException("%s is not JSON in UTF-8.".formatted(name), e);
    }
  }

  static String write(ObjectNode object) {
    try {
      return MAPPER.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A JSON tree can always be written.", e);
    }
  }

  private static SectorStateException refuse(byte[] utf8, String name, JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    if (location.getByteOffset() >= utf8.length) {
      return new SectorStateException(
          "%s is cut off: its JSON ends unfinished at %s.".formatted(name, place(location)), e);
    }
    return new SectorStateException(
        "%s is not JSON at %s: %s"
            .formatted(
                name, place(location), e.getOriginalMessage().lines().findFirst().orElse("")),
        e);
  }

  private static String place(JsonLocation location) {
    return "line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
  }
}
