package io.reseal.up;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;

/**
 * Free ports for tests that stop a service and start it again. They are below those that outgoing
 * connections get, so that no connection takes one in between.
 */
public final class TestPorts {

  private TestPorts() {}

  public static Ports free() {
    int[] ports =
        new Random().ints(10_000, 30_000).filter(TestPorts::isFree).distinct().limit(3).toArray();
    return new Ports(ports[0], ports[1], ports[2]);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
