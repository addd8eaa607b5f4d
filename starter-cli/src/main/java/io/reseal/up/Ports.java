package io.reseal.up;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * The ports of an embedded installation on the loopback address.
 *
 * @param temporal Temporal's service
 * @param ui Temporal's Web UI
 * @param mariadb the catalog's database
 */
public record Ports(int temporal, int ui, int mariadb) {

  /** The ports of a first start, unless others are chosen. */
  public static final Ports STANDARD = new Ports(7233, 8233, 13306);

  /** Ports that are free now. */
  public static Ports free() {
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket three = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Ports(one.getLocalPort(), two.getLocalPort(), three.getLocalPort());
    } catch (IOException e) {
      throw UpException.failed("No free port could be found on 127.0.0.1.", e);
    }
  }

  /** Refuses if one of them is taken. */
  void check() {
    check("Temporal", temporal, "--temporal-port", "[temporal] address");
    check("Temporal's Web UI", ui, "--ui-port", "[temporal] ui");
    check("MariaDB", mariadb, "--mariadb-port", "[catalog] url");
  }

  private static void check(String service, int port, String option, String key) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw UpException.refused(
          ("Port %d, which %s would use, is taken by another program. Stop that program, or choose"
                  + " another port: %s on the first start, later %s in reseal.toml.")
              .formatted(port, service, option, key));
    }
  }
}
