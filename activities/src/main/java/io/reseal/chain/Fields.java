package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.Cid;
import io.reseal.sector.SealProof;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads typed values out of a node's answer; what has another type is a {@link MalformedException}.
 */
final class Fields {

  private static final int RANDOMNESS_BYTES = 32;

  private Fields() {}

  static boolean isNone(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  static long wholeNumber(JsonNode object, String name) {
    return number(object.path(name), "'%s'".formatted(name));
  }

  static long number(JsonNode value, String what) {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(what, "a whole number", value);
    }
    return value.longValue();
  }

  /** A whole number of any size, which Go writes as a text. */
  static BigInteger bigNumber(JsonNode object, String name) {
    JsonNode value = object.path(name);
    try {
      return value.isIntegralNumber() ? value.bigIntegerValue() : new BigInteger(value.asText());
    } catch (NumberFormatException e) {
      throw wrong("'%s'".formatted(name), "a whole number", value);
    }
  }

  /** A whole number from 0 that fits an int, e.g. an index. */
  static int index(JsonNode object, String name) {
    long number = wholeNumber(object, name);
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw wrong("'%s'".formatted(name), "an index", object.path(name));
    }
    return (int) number;
  }

  static String text(JsonNode object, String name) {
    if (!object.path(name).isTextual()) {
      throw wrong("'%s'".formatted(name), "a text", object.path(name));
    }
    return object.path(name).textValue();
  }

  static SealProof proof(JsonNode object, String name) {
    try {
      return SealProof.ofNumber(wholeNumber(object, name));
    } catch (IllegalArgumentException e) {
      throw wrong("'%s'".formatted(name), "a seal proof's number", object.path(name));
    }
  }

  /** The CID of CommR. */
  static String sealedCid(JsonNode object, String name) {
    return commitment(object, name, cid -> Cid.sealed(Cid.ofSealed(cid)));
  }

  static Optional<String> sealedCidOrNone(JsonNode object, String name) {
    return isNone(object.path(name)) ? Optional.empty() : Optional.of(sealedCid(object, name));
  }

  /** The CID of CommD or of a piece. */
  static String unsealedCid(JsonNode object, String name) {
    return commitment(object, name, cid -> Cid.unsealed(Cid.ofUnsealed(cid)));
  }

  static Optional<String> unsealedCidOrNone(JsonNode object, String name) {
    return isNone(object.path(name)) ? Optional.empty() : Optional.of(unsealedCid(object, name));
  }

  /** The text of any CID in its object, {@code {"/": "…"}}. */
  static String cid(JsonNode value, String what) {
    if (!value.path("/").isTextual()) {
      throw wrong(what, "a CID", value);
    }
    return value.path("/").textValue();
  }

  static byte[] bytes(JsonNode value, String what) {
    try {
      return Base64.getDecoder().decode(value.isTextual() ? value.textValue() : "?");
    } catch (IllegalArgumentException e) {
      throw wrong(what, "bytes in base64", value);
    }
  }

  /** 32 bytes in base64, given as hex. */
  static String randomness(JsonNode value) {
    byte[] bytes = bytes(value, "the randomness");
    if (bytes.length != RANDOMNESS_BYTES) {
      throw wrong("the randomness", "32 bytes in base64", value);
    }
    return HexFormat.of().formatHex(bytes);
  }

  /** The elements of a list, each read; null is an empty one, as Go writes it. */
  static <T> List<T> list(JsonNode value, String what, Function<JsonNode, T> reader) {
    if (isNone(value)) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrong(what, "a list", value);
    }
    List<T> read = new ArrayList<>();
    value.forEach(element -> read.add(reader.apply(element)));
    return List.copyOf(read);
  }

  static MalformedException wrong(String what, String expected, JsonNode value) {
    String shown = value.isMissingNode() ? "missing" : value.toString();
    return new MalformedException(
        "%s is not %s but %s"
            .formatted(
                what, expected, shown.length() <= 80 ? shown : shown.substring(0, 80) + "…"));
  }

  private static String commitment(JsonNode object, String name, Function<String, String> check) {
    String what = "'%s'".formatted(name);
    try {
      return check.apply(cid(object.path(name), what));
    } catch (IllegalArgumentException e) {
      throw wrong(what, "a commitment's CID", object.path(name));
    }
  }
}
