package io.reseal.standin;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Creates HTTP servers on a free port that only this machine can reach. */
public final class LoopbackServer {

  static {
    // Read when the first server is created. Without it, each answer's body waits 40 ms until its
    // headers are acknowledged.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private LoopbackServer() {}

  /** A server that is not started yet. */
  public static HttpServer create() throws IOException {
    return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }
}
