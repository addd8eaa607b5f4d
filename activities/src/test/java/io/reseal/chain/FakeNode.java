package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.reseal.config.NodeAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server that answers JSON-RPC as a test tells it to. */
public final class FakeNode implements AutoCloseable {

  public static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What was asked.
   *
   * @param authorization the header, or null
   */
  public record Call(String path, String authorization, String method, JsonNode params) {}

  /** Gives the result of a call, or throws {@link Refusal}. */
  public interface Answers {
    JsonNode result(Call call) throws IOException;
  }

  /** Answers a request in any way there is. */
  interface Raw {
    void answer(HttpExchange exchange, byte[] request) throws IOException;
  }

  /** The node answers with an error. */
  public static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int status;
    final transient JsonNode error;

    public Refusal(String message) {
      this(200, JSON.createObjectNode().put("code", 1).put("message", message));
    }

    Refusal(int status, JsonNode error) {
      super(error.toString());
      this.status = status;
      this.error = error;
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Call> calls = new CopyOnWriteArrayList<>();

  private FakeNode() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
  }

  public static FakeNode answering(Answers answers) {
    FakeNode node = new FakeNode();
    return node.start((exchange, request) -> node.answer(exchange, request, answers));
  }

  static FakeNode raw(Raw raw) {
    return new FakeNode().start(raw);
  }

  private FakeNode start(Raw raw) {
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            raw.answer(exchange, exchange.getRequestBody().readAllBytes());
          }
        });
    server.start();
    return this;
  }

  private void answer(HttpExchange exchange, byte[] request, Answers answers) throws IOException {
    JsonNode asked = JSON.readTree(request);
    Call call =
        new Call(
            exchange.getRequestURI().getPath(),
            exchange.getRequestHeaders().getFirst("Authorization"),
            asked.path("method").asText().replaceFirst("^Filecoin\\.", ""),
            asked.path("params"));
    calls.add(call);
    ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
    answer.set("id", asked.path("id"));
    int status = 200;
    try {
      answer.set("result", answers.result(call));
    } catch (Refusal refusal) {
      answer.set("error", refusal.error);
      status = refusal.status;
    }
    send(exchange, status, answer.toString());
  }

  static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  public List<Call> calls() {
    return calls;
  }

  /** How often it was asked anything. */
  public int callsInAll() {
    return calls.size();
  }

  long calls(String method) {
    return calls.stream().filter(call -> call.method().equals(method)).count();
  }

  public NodeAddress address() {
    return NodeAddress.parse("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** A client of this node that does not wait long. */
  LotusNode client() {
    return new LotusNode(
        address(),
        LotusNode.Api.NODE,
        new LotusNode.Manners(
            Duration.ofMillis(1),
            Duration.ofHours(1),
            Duration.ofSeconds(10),
            1 << 20,
            1,
            Duration.ofMillis(1),
            Duration.ofHours(1)));
  }

  /** Clients of these nodes that do not wait long. */
  public static LotusNodes nodes(FakeNode... nodes) {
    return new LotusNodes(List.of(nodes).stream().map(FakeNode::client).toList());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
