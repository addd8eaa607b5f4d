package io.reseal.cli.shell;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

/** The person who gives a command, for the records. */
public final class Requester {

  private Requester() {}

  /** {@code alice@host-a}. */
  public static String name(Map<String, String> environment) {
    String user = environment.getOrDefault("USER", System.getProperty("user.name"));
    try {
      return user + "@" + InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return user;
    }
  }
}
