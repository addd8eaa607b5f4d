package io.reseal.miner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.chain.FakeNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A lotus-miner as far as its index of stores goes: what it answers and how the index changes was
 * recorded from a real one.
 */
final class LotusMinerStandIn implements AutoCloseable {

  static final String MISSING = "missing permission to invoke '%s' (need 'admin')";

  private final FakeNode node = FakeNode.answering(this::answer);
  private final Set<String> attached = new TreeSet<>();

  /** Which stores the index has for each type of files. */
  private final Map<Integer, List<String>> index = new TreeMap<>();

  /** Which stores have the files. */
  private final Set<String> holders = new TreeSet<>();

  /** The call that is done, but whose answers get lost; null if none do. */
  private String loses;

  /** How often it was asked to check. */
  private int checks;

  /** While this store has no entry, checks give no answer; null: they always do. */
  private String needed;

  private boolean admin = true;

  FakeNode node() {
    return node;
  }

  LotusMinerStandIn attach(String... stores) {
    attached.addAll(List.of(stores));
    return this;
  }

  /** The index has these stores for both types of files of a sealed sector. */
  LotusMinerStandIn index(String... stores) {
    index.put(2, new ArrayList<>(List.of(stores)));
    index.put(4, new ArrayList<>(List.of(stores)));
    return this;
  }

  LotusMinerStandIn files(String... stores) {
    holders.addAll(List.of(stores));
    return this;
  }

  /** Does what this call asks, but its answers get lost; null: they arrive again. */
  LotusMinerStandIn loses(String call) {
    loses = call;
    return this;
  }

  LotusMinerStandIn losesChecksWithout(String store) {
    needed = store;
    return this;
  }

  LotusMinerStandIn takesNoToken() {
    admin = false;
    return this;
  }

  List<String> indexed(int type) {
    return List.copyOf(index.getOrDefault(type, List.of()));
  }

  private JsonNode answer(FakeNode.Call call) {
    if (!admin) {
      throw new FakeNode.Refusal(MISSING.formatted(call.method()));
    }
    JsonNode done = done(call);
    boolean isLostCheck =
        call.method().equals("CheckProvable") && needed != null && !indexed(2).contains(needed);
    if (call.method().equals(loses) || isLostCheck) {
      throw new IllegalStateException("the connection ends before the answer is sent");
    }
    return done;
  }

  private JsonNode done(FakeNode.Call call) {
    JsonNode params = call.params();
    return switch (call.method()) {
      case "StorageInfo" -> info(params.get(0).asText());
      case "StorageFindSector" -> found(params.get(1).asInt());
      case "StorageDeclareSector" -> {
        declare(entries(params), params.get(0).asText());
        yield FakeNode.JSON.nullNode();
      }
      case "StorageDropSector" -> {
        entries(params).remove(params.get(0).asText());
        yield FakeNode.JSON.nullNode();
      }
      case "CheckProvable" -> check(params.get(0).asInt(), params.get(1).get(0));
      default -> throw new FakeNode.Refusal("method '%s' not found".formatted(call.method()));
    };
  }

  /** Declaring again changes nothing. */
  private static void declare(List<String> entries, String store) {
    if (!entries.contains(store)) {
      entries.add(store);
    }
  }

  private JsonNode info(String id) {
    if (!attached.contains(id)) {
      throw new FakeNode.Refusal("sector store not found");
    }
    return FakeNode.JSON.createObjectNode().put("ID", id);
  }

  private JsonNode found(int type) {
    ArrayNode stores = FakeNode.JSON.createArrayNode();
    indexed(type).forEach(id -> stores.addObject().put("ID", id));
    return stores;
  }

  private List<String> entries(JsonNode params) {
    return index.computeIfAbsent(params.get(2).asInt(), type -> new ArrayList<>());
  }

  /**
   * Takes one entry of each type: the newest and the oldest in turn, where a real one takes any, so
   * that a single check may well happen to use the right one.
   */
  private JsonNode check(int windowPoStProof, JsonNode sector) {
    ObjectNode bad = FakeNode.JSON.createObjectNode();
    boolean newest = checks++ % 2 == 0;
    String number = sector.path("ID").path("Number").asText();
    if (windowPoStProof != 10) {
      return bad.put(number, "wrong proof type");
    }
    for (int type : List.of(2, 4)) {
      List<String> stores = indexed(type);
      if (stores.isEmpty()) {
        return bad.put(number, "acquire: sector not found");
      }
      String store = stores.get(newest ? stores.size() - 1 : 0);
      if (!holders.contains(store)) {
        return bad.put(
            number,
            "generating vanilla proof: could not read file p_aux=\"/%s/cache\"\n\nCaused by:\n"
                .formatted(store));
      }
    }
    return bad;
  }

  @Override
  public void close() {
    node.close();
  }
}
