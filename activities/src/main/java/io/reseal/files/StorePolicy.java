package io.reseal.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reseal.reading.SmallFile;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a store's {@code sectorstore.json} allows: the file that the miner's own software keeps in
 * each of its stores. Keys are matched in any case, as that software does; unknown keys are
 * ignored.
 *
 * @param id the store's ID, which the miner's own software gave it
 * @param canStore whether finished sectors may be put there at all
 * @param maxBytes most bytes the store may come to hold; 0 for no limit
 * @param allowTypes kinds of files it takes; empty for all
 * @param denyTypes kinds of files it does not take
 * @param allowMiners miners whose sectors it takes; empty for all
 * @param denyMiners miners whose sectors it does not take
 */
record StorePolicy(
    Optional<String> id,
    boolean canStore,
    long maxBytes,
    List<String> allowTypes,
    List<String> denyTypes,
    List<Long> allowMiners,
    List<Long> denyMiners) {

  static final String FILE = "sectorstore.json";

  /** A type that only the miner's own software has. */
  private static final String PIECE = "piece";

  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  /** Reads a store's policy; a store without the file allows everything. */
  static StorePolicy read(Path store) throws IOException {
    Path file = store.resolve(FILE);
    if (!SectorFiles.exists(file)) {
      return new StorePolicy(Optional.empty(), true, 0, List.of(), List.of(), List.of(), List.of());
    }
    JsonNode content;
    try {
      content = JSON.readValue(SmallFile.readText(file));
    } catch (JsonProcessingException e) {
      throw new IOException(
          "its %s is broken at line %d, column %d"
              .formatted(FILE, e.getLocation().getLineNr(), e.getLocation().getColumnNr()),
          e);
    } catch (IOException e) {
      throw new IOException("its %s cannot be read (%s)".formatted(FILE, e), e);
    }
    if (content == null || !content.isObject()) {
      throw new IOException("its %s is not a JSON object".formatted(FILE));
    }
    return new Fields(content).policy();
  }

  /** Why these types of a miner's finished sector may not be put there, or empty. */
  Optional<String> refusal(SectorId sector, Collection<FileType> types) {
    if (!canStore) {
      return Optional.of("its %s does not let finished sectors in".formatted(FILE));
    }
    for (FileType type : types) {
      if (!takes(type)) {
        return Optional.of("its %s does not let %s files in".formatted(FILE, type.folder()));
      }
    }
    if (denyMiners.contains(sector.miner())
        || !(allowMiners.isEmpty() || allowMiners.contains(sector.miner()))) {
      return Optional.of(
          "its %s does not let sectors of %s in".formatted(FILE, sector.minerAddress()));
    }
    return Optional.empty();
  }

  /** Whether files of this type may be put there. */
  boolean takes(FileType type) {
    return canStore
        && !denyTypes.contains(type.folder())
        && (allowTypes.isEmpty() || allowTypes.contains(type.folder()));
  }

  /** The words of its lists that are not types of files; nothing goes by them. */
  List<String> unknownTypes() {
    return Stream.concat(allowTypes.stream(), denyTypes.stream())
        .filter(word -> !word.equals(PIECE))
        .filter(word -> Stream.of(FileType.values()).noneMatch(type -> type.folder().equals(word)))
        .toList();
  }

  /** Reads the file's fields by type; null means absent. */
  private static final class Fields {

    private final Map<String, JsonNode> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    Fields(JsonNode content) {
      content.properties().forEach(field -> byName.put(field.getKey(), field.getValue()));
      byName.values().removeIf(JsonNode::isNull);
    }

    StorePolicy policy() throws IOException {
      return new StorePolicy(
          id(),
          flag("CanStore", true) && !flag("ReadOnly", false),
          bytes("MaxStorage"),
          texts("AllowTypes"),
          texts("DenyTypes"),
          miners("AllowMiners"),
          miners("DenyMiners"));
    }

    private Optional<String> id() {
      return Optional.ofNullable(byName.get("ID"))
          .filter(JsonNode::isTextual)
          .map(JsonNode::textValue)
          .filter(id -> !id.isBlank());
    }

    private boolean flag(String name, boolean otherwise) throws IOException {
      JsonNode value = byName.get(name);
      if (value == null) {
        return otherwise;
      }
      if (!value.isBoolean()) {
        throw wrong(name, "true or false");
      }
      return value.booleanValue();
    }

    private long bytes(String name) throws IOException {
      JsonNode value = byName.get(name);
      if (value == null) {
        return 0;
      }
      if (!value.isIntegralNumber() || value.bigIntegerValue().signum() < 0) {
        throw wrong(name, "a whole number of bytes");
      }
      return value.bigIntegerValue().min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    }

    private List<String> texts(String name) throws IOException {
      List<String> texts = new ArrayList<>();
      JsonNode value = byName.get(name);
      if (value != null && !value.isArray()) {
        throw wrong(name, "a list");
      }
      for (JsonNode element : value == null ? List.<JsonNode>of() : value) {
        if (!element.isTextual() && !element.isIntegralNumber()) {
          throw wrong(name, "a list of texts");
        }
        texts.add(element.asText());
      }
      return List.copyOf(texts);
    }

    private List<Long> miners(String name) throws IOException {
      try {
        return texts(name).stream().map(SectorId::parseMiner).toList();
      } catch (IllegalArgumentException e) {
        throw wrong(name, "a list of miners, e.g. f01001");
      }
    }

    private static IOException wrong(String name, String form) {
      return new IOException("`%s` in its %s must be %s".formatted(name, FILE, form));
    }
  }
}
