package io.reseal.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a service listens.
 *
 * @param host name or IP address, one of version 6 without its brackets
 * @param port from 1 to 65535
 */
public record ListenAddress(String host, int port) {

  private static final int LAST_PORT = 65_535;
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)\\]|([A-Za-z0-9._-]+)):(\\d{1,5})");

  /** Parses {@code 127.0.0.1:9000}, {@code localhost:9000}, {@code [::1]:9000}. */
  static ListenAddress parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw refusal(text);
    }
    int port = Integer.parseInt(matcher.group(3));
    if (port < 1 || port > LAST_PORT) {
      throw refusal(text);
    }
    return new ListenAddress(matcher.group(1) == null ? matcher.group(2) : matcher.group(1), port);
  }

  private static IllegalArgumentException refusal(String text) {
    return new IllegalArgumentException(
        "'%s' is not an address to listen on: write address and port, e.g. 127.0.0.1:9000 or [::1]:9000; 0.0.0.0:9000 is every address of the machine."
            .formatted(text));
  }

  /** As configuration files write it. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
