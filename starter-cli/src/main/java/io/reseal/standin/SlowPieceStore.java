package io.reseal.standin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A piece store on this machine that is as slow as one far away: it serves the files of a directory
 * under {@code /piece/<CID>} block by block, at a given pace.
 */
public final class SlowPieceStore implements AutoCloseable {

  private static final Pattern PATH = Pattern.compile("/piece/([a-z0-9]+)");

  /** Decides when blocks are sent. */
  @FunctionalInterface
  public interface Pace {

    /**
     * Returns when the next block may be sent.
     *
     * @param sent bytes of the piece that have been sent
     * @param rest bytes that are left
     * @param nanos since the piece was requested
     */
    void await(long sent, long rest, long nanos) throws InterruptedException;
  }

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "piece-store");
            thread.setDaemon(true);
            return thread;
          });
  private final Path directory;
  private final int blockBytes;
  private volatile Pace pace;

  /**
   * Starts serving.
   *
   * @param directory files named by their CIDs; need not exist yet
   * @param blockBytes how much is sent at a time
   */
  public SlowPieceStore(Path directory, int blockBytes, Pace pace) throws IOException {
    this.directory = directory;
    this.blockBytes = blockBytes;
    this.pace = pace;
    this.server = LoopbackServer.create();
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** The store's address. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Changes the pace. */
  public void at(Pace other) {
    pace = other;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
      Path file = path.matches() ? directory.resolve(path.group(1)) : null;
      if (file == null || !Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      long length = Files.size(file);
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      exchange.sendResponseHeaders(200, length);
      try (InputStream data = Files.newInputStream(file)) {
        send(data, length, exchange.getResponseBody());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(InputStream data, long length, OutputStream body)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    long sent = 0;
    for (byte[] block = data.readNBytes(blockBytes);
        block.length > 0;
        block = data.readNBytes(blockBytes)) {
      pace.await(sent, length - sent, System.nanoTime() - began);
      body.write(block);
      body.flush();
      sent += block.length;
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
