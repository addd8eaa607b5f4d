package io.reseal.pieces;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real HTTP server of pieces, which can be told to misbehave. */
final class PieceServer implements AutoCloseable {

  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");

  /** Answers one request. */
  interface Answerer {
    void answer(HttpExchange exchange) throws IOException;
  }

  /** What was asked. */
  record Request(
      String method,
      String path,
      Optional<String> range,
      Optional<String> secret,
      Optional<String> host) {}

  final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Answerer> answers = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);

  PieceServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    requests.add(
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            header(exchange, "Range"),
            header(exchange, "Authorization"),
            header(exchange, "Host")));
    try (exchange) {
      Answerer answerer = answers.get(exchange.getRequestURI().getPath());
      if (answerer == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        answerer.answer(exchange);
      }
    }
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return url("127.0.0.1");
  }

  String url(String host) {
    return "http://%s:%d".formatted(host, server.getAddress().getPort());
  }

  PieceServer on(String path, Answerer answerer) {
    answers.put(path, answerer);
    return this;
  }

  /** Serves a piece as good servers do. */
  PieceServer serve(TestPieces piece) {
    return on("/piece/" + piece.cid(), file(piece.data()));
  }

  /** Requests for data that is here. */
  List<Request> gets() {
    return requests.stream()
        .filter(request -> request.method().equals("GET") && answers.containsKey(request.path()))
        .toList();
  }

  /** A file, whole or from a byte on, with HEAD. */
  static Answerer file(byte[] data) {
    return exchange -> send(exchange, data, data.length);
  }

  /** Cuts the connection after so many bytes of those that it announced; goes on when asked to. */
  static Answerer cut(byte[] data, int sent) {
    return exchange -> send(exchange, data, sent);
  }

  /** Sends so many bytes, then nothing until the test ends. */
  Answerer stalling(byte[] data, int sent) {
    return exchange -> {
      exchange.sendResponseHeaders(200, data.length);
      if (!exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseBody().write(data, 0, sent);
        exchange.getResponseBody().flush();
        awaitEnd();
      }
    };
  }

  void awaitEnd() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static Answerer status(int status) {
    return exchange -> exchange.sendResponseHeaders(status, -1);
  }

  static Answerer redirect(String location) {
    return exchange -> {
      exchange.getResponseHeaders().set("Location", location);
      exchange.sendResponseHeaders(302, -1);
    };
  }

  private static void send(HttpExchange exchange, byte[] data, int sent) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(data.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    Matcher range = RANGE.matcher(header(exchange, "Range").orElse(""));
    int from = 0;
    int to = data.length;
    int status = 200;
    if (range.matches()) {
      from = Integer.parseInt(range.group(1));
      to = range.group(2).isEmpty() ? to : Math.min(to, Integer.parseInt(range.group(2)) + 1);
      if (from >= data.length) {
        exchange.getResponseHeaders().set("Content-Range", "bytes */" + data.length);
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      status = 206;
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, data.length));
    }
    exchange.sendResponseHeaders(status, to - from);
    OutputStream body = exchange.getResponseBody();
    body.write(Arrays.copyOfRange(data, from, from < sent ? Math.min(to, sent) : to));
    body.flush();
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
