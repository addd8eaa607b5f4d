package io.reseal.cli.shell;

import io.reseal.config.Installation;
import io.reseal.temporal.ClientSettings;
import io.reseal.temporal.TemporalException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;

/** The person who gives a command, for the records. */
final class Requester {

  private Requester() {}

  /**
   * {@code alice (root@host-a)} if Temporal's server knows its client as {@code alice}, otherwise
   * {@code root@host-a}.
   */
  static String name(Installation installation, Map<String, String> environment) {
    String local = name(environment);
    return known(installation, environment)
        .map(known -> "%s (%s)".formatted(known, local))
        .orElse(local);
  }

  private static Optional<String> known(
      Installation installation, Map<String, String> environment) {
    try {
      return ClientSettings.of(installation.temporal(), environment).name();
    } catch (TemporalException e) {
      // The connection to the server says what is wrong with its settings.
      return Optional.empty();
    }
  }

  /** {@code root@host-a}. */
  static String name(Map<String, String> environment) {
    String user = environment.getOrDefault("USER", System.getProperty("user.name"));
    try {
      return user + "@" + InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return user;
    }
  }
}
