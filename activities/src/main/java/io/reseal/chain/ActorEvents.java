package io.reseal.chain;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The events that a miner's actor emits when sectors are activated and updated. */
final class ActorEvents {

  static final String ACTIVATED = "sector-activated";
  static final String UPDATED = "sector-updated";

  private static final int CBOR_CODEC = 0x51;
  private static final int SHORT_TEXT = 0x60;
  private static final byte[] UNSEALED_PREFIX = {0, 1, (byte) 0x81, (byte) 0xe2, 3};
  private static final int COMMITMENT = 32;
  private static final CBORFactory CBOR = new CBORFactory();

  /**
   * One event.
   *
   * @param type {@link #ACTIVATED} or {@link #UPDATED}
   * @param sector its sector's number
   * @param data what it states of the sector's data
   */
  record Event(String type, long sector, SectorData data) {}

  private ActorEvents() {}

  /** A filter for both kinds of a miner's events at these heights. */
  static Map<String, Object> filter(String miner, long from, long to) {
    return Map.of(
        "addresses",
        List.of(miner),
        "fromHeight",
        from,
        "toHeight",
        to,
        "fields",
        Map.of("$type", List.of(value(ACTIVATED), value(UPDATED))));
  }

  private static Map<String, Object> value(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    byte[] cbor = new byte[1 + ascii.length];
    cbor[0] = (byte) (SHORT_TEXT | ascii.length);
    System.arraycopy(ascii, 0, cbor, 1, ascii.length);
    return Map.of("codec", CBOR_CODEC, "value", Base64.getEncoder().encodeToString(cbor));
  }

  /** The valid events; nodes answer null if none match. */
  static List<Event> read(JsonNode answer) {
    return Fields.list(answer, "the list of events", ActorEvents::readOne).stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Event> readOne(JsonNode event) {
    if (event.path("reverted").asBoolean()) {
      return Optional.empty();
    }
    String type = null;
    Long sector = null;
    Optional<String> commD = Optional.empty();
    List<String> cids = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    for (JsonNode entry : Fields.list(event.path("entries"), "'entries'", given -> given)) {
      String key = Fields.text(entry, "Key");
      switch (key) {
        case "$type" -> type = decode(entry, JsonParser::getText, JsonToken.VALUE_STRING);
        case "sector" ->
            sector = decode(entry, JsonParser::getLongValue, JsonToken.VALUE_NUMBER_INT);
        case "unsealed-cid" -> commD = Optional.ofNullable(unsealedCid(entry));
        case "piece-cid" -> cids.add(unsealedCid(entry));
        case "piece-size" ->
            sizes.add(decode(entry, JsonParser::getLongValue, JsonToken.VALUE_NUMBER_INT));
        default -> {
          // Other events may be added; they state nothing of the data.
        }
      }
    }
    if (!ACTIVATED.equals(type) && !UPDATED.equals(type)) {
      return Optional.empty();
    }
    if (sector == null
        || cids.contains(null)
        || sizes.contains(null)
        || cids.size() != sizes.size()) {
      throw new MalformedException("an event '%s' has no sector or half a piece".formatted(type));
    }
    List<SectorData.Extent> pieces = new ArrayList<>();
    for (int piece = 0; piece < cids.size(); piece++) {
      pieces.add(new SectorData.Extent(cids.get(piece), sizes.get(piece)));
    }
    return Optional.of(new Event(type, sector, new SectorData(commD, List.copyOf(pieces))));
  }

  /** What takes a decoded value. */
  private interface Taker<T> {
    T take(JsonParser parser) throws IOException;
  }

  /** The one value of an entry, or null if that is null. */
  private static <T> T decode(JsonNode entry, Taker<T> taker, JsonToken expected) {
    String what = "an event's '%s'".formatted(Fields.text(entry, "Key"));
    byte[] value = Fields.bytes(entry.path("Value"), what);
    if (Fields.wholeNumber(entry, "Codec") != CBOR_CODEC) {
      throw new MalformedException(what + " is not in CBOR");
    }
    try (JsonParser parser = CBOR.createParser(value)) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.VALUE_NULL) {
        return null;
      }
      if (token != expected) {
        throw new MalformedException(what + " has another type");
      }
      return taker.take(parser);
    } catch (IOException e) {
      throw new MalformedException(what + " is not CBOR");
    }
  }

  /** A CID in CBOR: its bytes behind a zero, in a byte string. */
  private static String unsealedCid(JsonNode entry) {
    byte[] cid = decode(entry, JsonParser::getBinaryValue, JsonToken.VALUE_EMBEDDED_OBJECT);
    if (cid == null) {
      return null;
    }
    int digest = cid.length - COMMITMENT;
    if (digest < UNSEALED_PREFIX.length
        || !Arrays.equals(UNSEALED_PREFIX, Arrays.copyOf(cid, UNSEALED_PREFIX.length))) {
      throw new MalformedException("an event's CID is none of a piece or of CommD");
    }
    return Cid.unsealed(Commitment.of(Arrays.copyOfRange(cid, digest, cid.length)));
  }
}
