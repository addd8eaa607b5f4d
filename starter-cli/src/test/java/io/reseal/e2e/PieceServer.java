package io.reseal.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A piece store on the network: gives pieces under {@code /piece/<CID>}, when it is let. */
final class PieceServer implements AutoCloseable {

  private static final String PATH = "/piece/";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> pieces = new ConcurrentHashMap<>();
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  PieceServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void offer(String cid, byte[] data) {
    pieces.put(cid, data);
  }

  /** Whole pieces that were sent, by CID, in order. */
  List<String> sent() {
    return sent;
  }

  /** Offers the pieces and sends none until the gate is opened. */
  CountDownLatch shut() {
    gate = new CountDownLatch(1);
    return gate;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] data = path.startsWith(PATH) ? pieces.get(path.substring(PATH.length())) : null;
      if (data == null) {
        exchange.sendResponseHeaders(404, -1);
      } else if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(data.length));
        exchange.sendResponseHeaders(200, -1);
      } else {
        gate.await();
        exchange.sendResponseHeaders(200, data.length);
        exchange.getResponseBody().write(data);
        sent.add(path.substring(PATH.length()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    gate.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
