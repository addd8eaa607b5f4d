package io.reseal.e2e;

import io.reseal.files.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.List;

/**
 * Joins a host that has a network of its own to this machine. When it is pulled, packets vanish:
 * nothing answers a connection attempt, and what was sent is sent again at growing intervals.
 * Making one needs root.
 */
final class Cable implements AutoCloseable {

  /** Networks of four addresses in 198.18.0.0/15, which is reserved for tests. */
  private static final int NETWORKS = 1 << 15;

  /** Its other end. */
  private static final String THERE = "eth0";

  private final String name;
  private final InetAddress here;
  private final List<String> inside;

  private Cable(String name, InetAddress here) {
    this.name = name;
    this.here = here;
    this.inside = List.of("nsenter", "--net=/run/netns/" + name);
  }

  static boolean canBeMade() {
    return Shell.isRoot() && Shell.succeeds("ip", "-V");
  }

  /** One for the host with this number in this JVM's fleet. */
  static Cable to(int host) throws IOException {
    int network =
        (int) ((ProcessHandle.current().pid() * Fleet.HOSTS.size() + host) % NETWORKS) * 4;
    String name = "rs%d".formatted(network);
    Cable cable = new Cable(name, InetAddress.getByAddress(address(network + 1)));
    String there = InetAddress.getByAddress(address(network + 2)).getHostAddress();
    // A JVM with the same number may have been killed.
    Shell.succeeds("ip", "netns", "del", name);
    Shell.run("ip", "netns", "add", name);
    Shell.run("ip", "link", "add", name, "type", "veth", "peer", "name", THERE, "netns", name);
    Shell.run("ip", "addr", "add", cable.here.getHostAddress() + "/30", "dev", name);
    Shell.run("ip", "link", "set", name, "up");
    Shell.run("ip", "-n", name, "addr", "add", there + "/30", "dev", THERE);
    Shell.run("ip", "-n", name, "link", "set", THERE, "up");
    Shell.run("ip", "-n", name, "link", "set", "lo", "up");
    return cable;
  }

  private static byte[] address(int offset) {
    return new byte[] {
      (byte) 198, (byte) (18 + (offset >> 16)), (byte) (offset >> 8), (byte) offset
    };
  }

  /** What precedes the command of a process at its other end. */
  List<String> inside() {
    return inside;
  }

  /** This machine, as the host at the other end sees it. */
  InetAddress here() {
    return here;
  }

  void pull() throws IOException {
    Shell.run("ip", "link", "set", name, "down");
  }

  void plug() throws IOException {
    Shell.run("ip", "link", "set", name, "up");
  }

  @Override
  public void close() {
    try {
      Shell.run("ip", "link", "del", name);
      Shell.run("ip", "netns", "del", name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
