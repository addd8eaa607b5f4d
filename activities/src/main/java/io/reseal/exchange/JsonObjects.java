package io.reseal.exchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Reads one JSON object from text, losing nothing of it, and writes it on one line. */
final class JsonObjects {

  /** Texts come in UTF-8. Bytes taken for UTF-16 would have no offset at which reading goes on. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final List<String> WORDS = List.of("null", "true", "false");

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
            "%s does not hold a JSON object: it must be the state of one sector, {\"ID\":…}."
                .formatted(name),
            null);
      }
      requireEnd(parser, name);
      return object;
    } catch (JsonProcessingException e) {
      throw refuse(utf8, name, e);
    } catch (IOException e) {
      throw new SectorStateException("%s is not JSON in UTF-8.".formatted(name), e);
    }
  }

  /** The one object that the text holds; empty if it holds anything else. */
  static Optional<ObjectNode> find(String text) {
    try {
      return Optional.of(read(text.getBytes(StandardCharsets.UTF_8), "text"));
    } catch (SectorStateException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads the objects of a text that holds several one after the other, or in an array. What is not
   * one is left out; reading goes on at the next line that begins with an object.
   *
   * @param leaver takes a sentence on each part that is left out
   */
  static List<ObjectNode> readEach(byte[] utf8, String name, Consumer<String> leaver) {
    List<ObjectNode> objects = new ArrayList<>();
    int at = skip(utf8, 0);
    if (at == utf8.length) {
      throw new SectorStateException(name + " is empty.", null);
    }
    while (at < utf8.length) {
      try (JsonParser parser = MAPPER.createParser(utf8, at, utf8.length - at)) {
        parser.nextToken();
        objects.add(object(parser));
        at = skip(utf8, at + (int) parser.currentLocation().getByteOffset());
      } catch (JsonProcessingException e) {
        int next = nextObject(utf8, at + 1);
        byte[] part = Arrays.copyOfRange(utf8, at, next);
        leaver.accept(
            "%s, from line %d, was left out. %s"
                .formatted(name, line(utf8, at), refuse(part, "It", e).getMessage()));
        at = next;
      } catch (SectorStateException e) {
        leaver.accept("%s, from line %d, %s".formatted(name, line(utf8, at), e.getMessage()));
        at = nextObject(utf8, at + 1);
      } catch (IOException e) {
        throw new SectorStateException("%s is not JSON in UTF-8.".formatted(name), e);
      }
    }
    String text = new String(utf8, StandardCharsets.UTF_8).strip();
    if (text.startsWith("[") && !text.endsWith("]")) {
      leaver.accept("%s is cut off: its list of objects does not end.".formatted(name));
    }
    return objects;
  }

  /** Where the next value begins: what separates the values of an array is passed over. */
  private static int skip(byte[] utf8, int from) {
    int at = from;
    while (at < utf8.length && " \t\r\n,[]".indexOf(utf8[at]) >= 0) {
      at++;
    }
    return at;
  }

  private static int nextObject(byte[] utf8, int from) {
    int at = from;
    while (at < utf8.length && !(utf8[at] == '{' && utf8[at - 1] == '\n')) {
      at++;
    }
    return at;
  }

  private static long line(byte[] utf8, int at) {
    return 1 + IntStream.range(0, at).filter(before -> utf8[before] == '\n').count();
  }

  private static ObjectNode object(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT
        && MAPPER.readTree(parser) instanceof ObjectNode object) {
      return object;
    }
    throw new SectorStateException(
        "was left out: it is something other than a JSON object, and there must be one for each"
            + " sector.",
        null);
  }

  private static void requireEnd(JsonParser parser, String name) throws IOException {
    try {
      if (parser.nextToken() == null) {
        return;
      }
    } catch (JsonProcessingException e) {
      throw new SectorStateException(
          "%s continues after its object, at %s, with something that is not JSON."
              .formatted(name, place(parser.currentLocation())),
          e);
    }
    throw new SectorStateException(
        "%s holds more than one value, the second at %s: give each sector its own file."
            .formatted(name, place(parser.currentTokenLocation())),
        null);
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
    String complaint = e.getOriginalMessage().lines().findFirst().orElse("");
    if (location == null) {
      return new SectorStateException("%s is not JSON: %s.".formatted(name, complaint), e);
    }
    if (location.getByteOffset() >= utf8.length || endsInsideWord(utf8, location)) {
      return new SectorStateException(
          "%s is cut off: its JSON ends unfinished at %s.".formatted(name, place(location)), e);
    }
    return new SectorStateException(
        "%s is not JSON at %s: %s.".formatted(name, place(location), complaint), e);
  }

  /** At the very end the parser reports {@code nul} as an unknown word instead of an early end. */
  private static boolean endsInsideWord(byte[] utf8, JsonLocation location) {
    int from = (int) Math.max(0, location.getByteOffset() - 1);
    String rest =
        new String(utf8, from, utf8.length - from, StandardCharsets.UTF_8)
            .replaceFirst("^[^a-z]", "");
    return !rest.isEmpty() && WORDS.stream().anyMatch(word -> word.startsWith(rest));
  }

  private static String place(JsonLocation location) {
    return "line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
  }
}
