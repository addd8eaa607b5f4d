package io.reseal.exchange;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.sector.Commitment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads typed fields of a JSON object by their path ({@code Pieces[1].Piece.Size}) and collects
 * what is wrong with them, each fault naming its field.
 */
final class FieldReader {

  private static final int RANDOMNESS_BYTES = 32;

  private final JsonNode root;
  private final List<String> faults = new ArrayList<>();

  FieldReader(ObjectNode root) {
    this((JsonNode) root);
  }

  private FieldReader(JsonNode root) {
    this.root = root;
  }

  /** A reader of what is at a path, with faults of its own. */
  FieldReader inside(String path) {
    return new FieldReader(node(path));
  }

  List<String> faults() {
    return List.copyOf(faults);
  }

  void fault(String path, String what) {
    faults.add("%s %s".formatted(path, what));
  }

  /** Whether the field is there with a value other than null. */
  boolean has(String path) {
    return !isNone(node(path));
  }

  /** Whether the field is there, even if its value is null. */
  boolean isStated(String path) {
    return !node(path).isMissingNode();
  }

  /** How many entries a list has; none when it is absent or null. */
  int length(String path) {
    JsonNode node = node(path);
    if (isNone(node)) {
      return 0;
    }
    if (!node.isArray()) {
      fault(path, "must be a list.");
      return 0;
    }
    return node.size();
  }

  /** A boolean; false if absent. */
  boolean flag(String path) {
    JsonNode node = node(path);
    if (!isNone(node) && !node.isBoolean()) {
      fault(path, "must be true or false.");
    }
    return node.asBoolean(false);
  }

  /** The names of the fields of the object itself that are not among these. */
  List<String> unknown(Set<String> known) {
    List<String> names = new ArrayList<>();
    root.fieldNames().forEachRemaining(names::add);
    names.removeAll(known);
    return names;
  }

  Optional<Long> wholeNumber(String path) {
    JsonNode node = node(path);
    if (isMissing(path, node)) {
      return Optional.empty();
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      fault(path, "must be a whole number, not %s.".formatted(node));
      return Optional.empty();
    }
    return Optional.of(node.longValue());
  }

  /** A text; empty if absent. */
  Optional<String> text(String path) {
    JsonNode node = node(path);
    if (isNone(node)) {
      return Optional.empty();
    }
    if (!node.isTextual()) {
      fault(path, "must be a text, not %s.".formatted(node));
      return Optional.empty();
    }
    return Optional.of(node.textValue());
  }

  /** A text; its absence is a fault. */
  Optional<String> required(String path) {
    return isMissing(path, node(path)) ? Optional.empty() : text(path);
  }

  /** 32 bytes in base64, given as hex. */
  Optional<String> randomness(String path) {
    JsonNode node = node(path);
    if (isMissing(path, node)) {
      return Optional.empty();
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(node.isTextual() ? node.textValue() : "?");
    } catch (IllegalArgumentException e) {
      fault(path, "must be 32 bytes in base64, not %s.".formatted(node));
      return Optional.empty();
    }
    if (bytes.length != RANDOMNESS_BYTES) {
      fault(path, "has %d bytes, not 32.".formatted(bytes.length));
      return Optional.empty();
    }
    return Optional.of(HexFormat.of().formatHex(bytes));
  }

  /** 32 bytes as a list of numbers, as Go writes an array; empty if all are 0. */
  Optional<Commitment> byteNumbers(String path) {
    int[] numbers = new int[length(path)];
    for (int index = 0; index < numbers.length; index++) {
      numbers[index] = node(path).get(index).asInt(-1);
    }
    if (numbers.length != RANDOMNESS_BYTES
        || Arrays.stream(numbers).anyMatch(number -> number < 0 || number > 0xff)) {
      fault(path, "must be %d numbers from 0 to 255.".formatted(RANDOMNESS_BYTES));
      return Optional.empty();
    }
    byte[] bytes = new byte[RANDOMNESS_BYTES];
    for (int index = 0; index < bytes.length; index++) {
      bytes[index] = (byte) numbers[index];
    }
    return Arrays.equals(bytes, new byte[RANDOMNESS_BYTES])
        ? Optional.empty()
        : Optional.of(Commitment.of(bytes));
  }

  /** 32 bytes as PostgreSQL shows them, {@code \\x…}, given as hex; empty if there are none. */
  Optional<String> bytes(String path) {
    return text(path)
        .filter(text -> !text.equals("\\x"))
        .flatMap(
            text -> {
              if (text.matches("\\\\x[0-9a-f]{64}")) {
                return Optional.of(text.substring(2));
              }
              fault(path, "must be 32 bytes, not %s.".formatted(text));
              return Optional.empty();
            });
  }

  /**
   * A CID in its object, {@code {"/":"…"}}.
   *
   * @param decode returns the CID's commitment or refuses the CID
   */
  Optional<String> cid(String path, Function<String, Commitment> decode) {
    JsonNode node = node(path);
    if (isMissing(path, node)) {
      return Optional.empty();
    }
    if (!node.path("/").isTextual()) {
      fault(path, "must be a CID, {\"/\":\"…\"}, not %s.".formatted(node));
      return Optional.empty();
    }
    String cid = node.path("/").textValue();
    return checked(path, () -> decode.apply(cid)).map(commitment -> cid);
  }

  /** Turns a refusal of the field's value into its fault. */
  <T> Optional<T> checked(String path, Supplier<T> value) {
    try {
      return Optional.of(value.get());
    } catch (IllegalArgumentException e) {
      faults.add("%s: %s".formatted(path, e.getMessage()));
      return Optional.empty();
    }
  }

  private boolean isMissing(String path, JsonNode node) {
    if (isNone(node)) {
      fault(path, "is missing.");
      return true;
    }
    return false;
  }

  private static boolean isNone(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  JsonNode node(String path) {
    return root.at(
        JsonPointer.compile("/" + path.replace("[", "/").replace("]", "").replace('.', '/')));
  }
}
