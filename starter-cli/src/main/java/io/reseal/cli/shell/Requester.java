package io.reseal.cli.shell;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;

/** The person who gives a command, for the records. */
final class Requester {

  private Requester() {}

  /**
   * {@code alice (root@host-a)}, or {@code root@host-a} if the server knows its client by no name.
   *
   * @param known whom Temporal's server takes its client for
   */
  static String name(Map<String, String> environment, Optional<String> known) {
    String local = local(environment);
    return known.map(name -> "%s (%s)".formatted(name, local)).orElse(local);
  }

  private static String local(Map<String, String> environment) {
    String user = environment.getOrDefault("USER", System.getProperty("user.name"));
    try {
      return user + "@" + InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return user;
    }
  }
}
