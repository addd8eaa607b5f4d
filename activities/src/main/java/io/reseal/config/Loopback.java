package io.reseal.config;

import java.net.URI;
import java.util.Locale;

/** Hosts that are this machine itself: what is sent to them cannot be read on the way. */
public final class Loopback {

  private Loopback() {}

  /** Whether what is sent to an address crosses a network unencrypted. */
  public static boolean isPlaintextBeyond(URI address) {
    return address.getScheme().equals("http") && !is(address.getHost());
  }

  /**
   * Whether a name or address is this machine's loopback; decided by its form, without asking a
   * name server.
   *
   * @param host with or without the brackets of IPv6
   */
  public static boolean is(String host) {
    String plain = host.replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
    return plain.equals("localhost")
        || plain.endsWith(".localhost")
        || plain.equals("::1")
        || plain.equals("0:0:0:0:0:0:0:1")
        || plain.matches("127\\.\\d+\\.\\d+\\.\\d+");
  }
}
