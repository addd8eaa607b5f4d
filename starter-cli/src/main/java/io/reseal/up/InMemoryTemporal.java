package io.reseal.up;

import io.temporal.testserver.TestServer;
import java.util.concurrent.CompletableFuture;

/**
 * Used on machines that have neither Temporal's program nor Python: Temporal's test server in this
 * process, without a Web UI, which forgets everything when it ends.
 */
final class InMemoryTemporal implements Service {

  private final TestServer.PortBoundTestServer server;
  private final int port;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  InMemoryTemporal(int port) {
    this.server = TestServer.createPortBoundServer(port, true);
    this.port = port;
  }

  @Override
  public String name() {
    return "Temporal";
  }

  @Override
  public String where() {
    return "127.0.0.1:%d, in memory: no Web UI, and rebuilds are forgotten when this stops"
        .formatted(port);
  }

  @Override
  public CompletableFuture<?> ended() {
    return ended;
  }

  @Override
  public void close() {
    server.close();
    ended.complete(null);
  }
}
