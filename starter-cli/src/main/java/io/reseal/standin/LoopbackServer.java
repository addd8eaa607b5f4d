package io.reseal.standin;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** An HTTP server that only this machine reaches, on a free port. */
public final class LoopbackServer {

  static {
    // Read once, with the first server; else each answer's body waits 40 ms for its head to be
    // acknowledged.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private LoopbackServer() {}

  /** One that is not started yet. */
  public static HttpServer create() throws IOException {
    return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }
}
