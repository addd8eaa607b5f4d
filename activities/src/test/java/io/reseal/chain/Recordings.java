package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What a real node answered through the sectors' lives, and a node that answers so again. */
public final class Recordings {

  /** One request and its answer. */
  record Recording(
      String name, String path, String method, JsonNode params, int status, JsonNode response) {

    JsonNode result() {
      if (response.has("error")) {
        throw new FakeNode.Refusal(status, response.get("error"));
      }
      return response.get("result");
    }
  }

  /** Heights at which a sector's pre-commit is in the state, and where that is recorded. */
  private record Promised(long sector, long from, long to, String name) {}

  private static final Map<String, List<Promised>> PROMISED =
      Map.of(
          "network-1", List.of(new Promised(2, 11, 31, "StateSectorPreCommitInfo")),
          "network-2",
              List.of(
                  new Promised(2, 29, 58, "StateSectorPreCommitInfo.snap.historical-45"),
                  new Promised(3, 30, 62, "StateSectorPreCommitInfo.ddo.historical-45")));

  /** Epochs of the recorded messages to the second network's miner. */
  private static final Map<String, Long> MESSAGES =
      Map.of(
          "bafy2bzaceajivkfreroiyjegd6iodwty74l2r3wesywqxj4bb46q3cy2en36w", 28L,
          "bafy2bzacecqnjzyi3frv2m63tabrsczx7wjbagvemmflohibowgz3ptucbyu4", 29L,
          "bafy2bzacedh6janbgnxufb3yqq3pnalzqy34o572cflknq3iswjdoq2svj73i", 58L,
          "bafy2bzacecghgar5dkaxhe6bxxptan3ndislpgci4zgowrrzadwxah2dt3cu4", 62L,
          "bafy2bzaced2gtd5heqmu2kyw2wrncgxqdiadgntyqlosnqaiadrplcjw6ufhu", 280L);

  private static final String OF_HEIGHT = "tipset-of-height-";

  private static final Map<String, List<Recording>> READ = new ConcurrentHashMap<>();

  private final String network;
  private final List<Recording> all;

  /**
   * @param network {@code network-1} or {@code network-2}
   */
  public Recordings(String network) {
    this.network = network;
    this.all = READ.computeIfAbsent(network, Recordings::readAll);
  }

  private static List<Recording> readAll(String network) {
    try {
      URI folder = Recordings.class.getResource("/lotus/" + network).toURI();
      if (folder.getScheme().equals("jar")) {
        try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
          return readAll(jar.getPath("/lotus/" + network));
        }
      }
      return readAll(Path.of(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Recording> readAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().map(Recordings::read).toList();
    }
  }

  private static Recording read(Path file) {
    try {
      JsonNode content = FakeNode.JSON.readTree(Files.readAllBytes(file));
      return new Recording(
          file.getFileName().toString().replaceFirst("\\.json$", ""),
          content.path("path").asText(),
          content.path("request").path("method").asText().replaceFirst("^Filecoin\\.", ""),
          content.path("request").path("params"),
          content.path("status").asInt(),
          content.path("response"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** 32 bytes in base64 as hex. */
  static String hex(JsonNode base64) {
    return HexFormat.of().formatHex(Base64.getDecoder().decode(base64.textValue()));
  }

  List<Recording> all() {
    return all;
  }

  Recording named(String name) {
    return all.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /**
   * A node at the moment when the recordings with these words in their names were made.
   *
   * @param archive whether it has old states and messages
   */
  public FakeNode node(boolean archive, String... moment) {
    return FakeNode.answering(call -> answer(call, archive, List.of(moment)));
  }

  /** An archive at such a moment whose results of one method are changed. */
  public FakeNode nodeChanging(String method, UnaryOperator<JsonNode> change, String... moment) {
    return FakeNode.answering(
        call -> {
          JsonNode result = answer(call, true, List.of(moment));
          return call.method().equals(method) ? change.apply(result.deepCopy()) : result;
        });
  }

  /** A node that answers as recorded, and has lost what these methods would return. */
  public FakeNode nodeWithout(Set<String> methods, String... moment) {
    return FakeNode.answering(
        call -> {
          if (methods.contains(call.method())) {
            throw new FakeNode.Refusal("block not found");
          }
          return answer(call, true, List.of(moment));
        });
  }

  JsonNode answer(FakeNode.Call call, boolean archive, List<String> moment) {
    JsonNode params = call.params();
    return switch (call.method()) {
      case "ChainGetTipSetByHeight" -> tipset(params.get(0).asLong());
      case "StateSectorPreCommitInfo" ->
          height(params.get(2))
              .map(height -> promised(params.get(1).asLong(), height, archive))
              .orElseGet(() -> recorded(call.method(), params, moment).result());
      case "StateMinerFaults" ->
          // The second network had none: every recorded partition says so.
          network.equals("network-2")
              ? FakeNode.JSON.createArrayNode().add(0)
              : recorded(call.method(), params, moment).result();
      // Both networks ran the same node.
      case "StateGetNetworkParams" ->
          new Recordings("network-1").named("StateGetNetworkParams").result();
      case "StateGetRandomnessDigestFromTickets" -> digest(params);
      case "StateGetRandomnessFromTickets" -> ticket(params);
      case "StateMinerPartitions" -> partitions(params, moment);
      case "GetActorEventsRaw" -> events(params.get(0), moment);
      case "StateListMessages" -> messages(params, archive, moment);
      default -> recorded(call.method(), params, moment).result();
    };
  }

  /** No sector that was followed is in a deadline that was not asked for. */
  private JsonNode partitions(JsonNode params, List<String> moment) {
    boolean asked =
        all.stream()
            .filter(each -> each.method().equals("StateMinerPartitions"))
            .anyMatch(each -> each.params().get(1).equals(params.get(1)));
    return asked
        ? recorded("StateMinerPartitions", params, moment).result()
        : FakeNode.JSON.createArrayNode();
  }

  /** The answer to these parameters: that of the moment, else the one without any. */
  private Recording recorded(String method, JsonNode params, List<String> moment) {
    return all.stream()
        .filter(each -> each.path().equals("/rpc/v1"))
        .filter(each -> each.method().equals(method))
        .filter(each -> normal(each.params()).equals(normal(params)))
        .min(
            Comparator.<Recording>comparingInt(each -> -matches(each.name(), moment))
                .thenComparingInt(each -> each.name().length()))
        .orElseThrow(() -> new FakeNode.Refusal("not recorded: %s %s".formatted(method, params)));
  }

  private static int matches(String name, List<String> moment) {
    return (int)
        moment.stream().filter(word -> ("." + name + ".").contains("." + word + ".")).count();
  }

  /** Addresses as this network writes them, and no tipset keys: all are of the moment's head. */
  private static JsonNode normal(JsonNode params) {
    ArrayNode normal = FakeNode.JSON.createArrayNode();
    for (JsonNode param : params) {
      if (param.isTextual()) {
        normal.add(param.textValue().replaceFirst("^f0", "t0"));
      } else if (param.isNull() || (param.isArray() && param.path(0).has("/"))) {
        normal.addArray();
      } else {
        normal.add(param);
      }
    }
    return normal;
  }

  private static JsonNode tipset(long height) {
    ObjectNode tipset = FakeNode.JSON.createObjectNode().put("Height", height);
    tipset.putArray("Cids").addObject().put("/", OF_HEIGHT + height);
    return tipset;
  }

  private static Optional<Long> height(JsonNode key) {
    String cid = key.path(0).path("/").asText();
    return cid.startsWith(OF_HEIGHT)
        ? Optional.of(Long.parseLong(cid.substring(OF_HEIGHT.length())))
        : Optional.empty();
  }

  private JsonNode promised(long sector, long height, boolean archive) {
    if (!archive) {
      throw new FakeNode.Refusal("failed to load state tree: ipld: could not find bafy2bz");
    }
    return PROMISED.get(network).stream()
        .filter(each -> each.sector() == sector && height >= each.from() && height <= each.to())
        .findFirst()
        .map(each -> named(each.name()).result())
        .orElse(FakeNode.JSON.nullNode());
  }

  /** A negative epoch has the genesis block's ticket, whatever the epoch. */
  private JsonNode digest(JsonNode params) {
    if (network.equals("network-1")) {
      if (params.get(0).asLong() >= 0) {
        return recorded("StateGetRandomnessDigestFromTickets", params, List.of()).result();
      }
      byte[] ticket =
          Base64.getDecoder()
              .decode(
                  named("ChainGetTipSetByHeight.genesis")
                      .result()
                      .at("/Blocks/0/Ticket/VRFProof")
                      .textValue());
      return FakeNode.JSON.getNodeFactory().binaryNode(ChainRandomness.blake2b(ticket));
    }
    return named("StateGetRandomnessDigestFromTickets.ddo").result();
  }

  /** Any tipset of the chain gives the same, but there must be one. */
  private JsonNode ticket(JsonNode params) {
    if (params.get(3).isNull() || params.get(3).isEmpty()) {
      return new Recordings("network-1").named("StateGetRandomnessFromTickets.tsk-empty").result();
    }
    return recorded("StateGetRandomnessFromTickets", params, List.of()).result();
  }

  private JsonNode events(JsonNode filter, List<String> moment) {
    ArrayNode found = FakeNode.JSON.createArrayNode();
    if (network.equals("network-1")) {
      throw new FakeNode.Refusal("GetActorEventsRaw: method not supported: events disabled");
    }
    List<String> types = new ArrayList<>();
    filter.at("/fields/$type").forEach(type -> types.add(type.path("value").asText()));
    all.stream()
        .filter(each -> each.method().equals("GetActorEventsRaw") && each.name().endsWith(".all"))
        .filter(each -> matches(each.name(), moment) == moment.size())
        .findFirst()
        .orElseThrow(() -> new FakeNode.Refusal("no events recorded"))
        .result()
        .forEach(
            event -> {
              long height = event.path("height").asLong();
              if (height >= filter.path("fromHeight").asLong()
                  && height <= filter.path("toHeight").asLong(Long.MAX_VALUE)
                  && types.contains(event.at("/entries/0/Value").asText())) {
                found.add(event);
              }
            });
    return found.isEmpty() ? FakeNode.JSON.nullNode() : found;
  }

  private JsonNode messages(JsonNode params, boolean archive, List<String> moment) {
    if (network.equals("network-1") || (!archive && !moment.contains("with-messages"))) {
      throw new FakeNode.Refusal("loading tipset: ipld: could not find bafy2bz");
    }
    long from = height(params.get(1)).orElseThrow();
    ArrayNode found = FakeNode.JSON.createArrayNode();
    for (JsonNode cid : named("StateListMessages.to-miner").result()) {
      long epoch = MESSAGES.getOrDefault(cid.path("/").asText(), -1L);
      if (epoch <= from && epoch >= params.get(2).asLong()) {
        found.add(cid);
      }
    }
    return found.isEmpty() ? FakeNode.JSON.nullNode() : found;
  }
}
