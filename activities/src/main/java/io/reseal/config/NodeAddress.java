package io.reseal.config;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JSON-RPC address of a Lotus-compatible node or miner, as {@code FULLNODE_API_INFO} and {@code
 * MINER_API_INFO} write it, and the token for it.
 *
 * @param base its web address without {@code /rpc/…} and without a slash at the end
 * @param token the bearer token, empty if none is needed
 * @param plaintextToken whether the token may cross a network unencrypted
 */
public record NodeAddress(URI base, Optional<String> token, boolean plaintextToken) {

  private static final Pattern WITH_TOKEN =
      Pattern.compile("([A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*):(.+)");
  private static final Pattern MULTIADDRESS =
      Pattern.compile(
          "/(ip4|ip6|dns|dns4|dns6)/([^/\\s]+)/tcp/(\\d{1,5})(?:/(http|https|ws|wss))?/?");
  private static final Pattern WEB =
      Pattern.compile(
          "(http|https|ws|wss)://(\\[[0-9a-fA-F:.]+\\]|[^/\\s:@?#\\[\\]]+)(?::(\\d{1,5}))?"
              + "(/[^\\s?#]*)?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern RPC_PATH = Pattern.compile("/rpc/v\\d+$");

  /** Parses several addresses separated by commas; the errors do not quote tokens. */
  public static List<NodeAddress> parseAll(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).map(NodeAddress::parse).toList();
  }

  /**
   * Parses {@code TOKEN:/ip4/1.2.3.4/tcp/1234/http}, {@code /dns4/node/tcp/443/https}, or a web
   * address, each optionally preceded by a token and a colon.
   */
  public static NodeAddress parse(String text) {
    Matcher matcher = WITH_TOKEN.matcher(text.strip());
    return matcher.matches()
        ? new NodeAddress(base(matcher.group(2)), Optional.of(matcher.group(1)), false)
        : new NodeAddress(base(text.strip()), Optional.empty(), false);
  }

  /** The same address with another token. */
  public NodeAddress withToken(String other) {
    return new NodeAddress(base, Optional.of(other), plaintextToken);
  }

  /** The same address, to which the token may be sent unencrypted if so. */
  public NodeAddress withPlaintextToken(boolean allowed) {
    return new NodeAddress(base, token, allowed);
  }

  /** Whether the token would cross a network unencrypted, which nobody has allowed. */
  public boolean exposesToken() {
    return token.isPresent() && !plaintextToken && Loopback.isPlaintextBeyond(base);
  }

  /** The URL of one version of the API, {@code …/rpc/v1}. */
  public URI rpc(String version) {
    return URI.create(base + "/rpc/" + version);
  }

  /** The address alone: it is printed into messages and logs. */
  @Override
  public String toString() {
    return base.toString();
  }

  private static URI base(String text) {
    Matcher multi = MULTIADDRESS.matcher(text);
    if (multi.matches()) {
      String host = multi.group(1).equals("ip6") ? "[" + multi.group(2) + "]" : multi.group(2);
      return uri(multi.group(4), host, multi.group(3), "");
    }
    Matcher web = WEB.matcher(text);
    if (web.matches()) {
      String path = web.group(4) == null ? "" : web.group(4).replaceAll("/+$", "");
      return uri(
          web.group(1).toLowerCase(Locale.ROOT),
          web.group(2),
          web.group(3),
          RPC_PATH.matcher(path).replaceAll(""));
    }
    throw refusal();
  }

  private static URI uri(String scheme, String host, String port, String path) {
    boolean secure = "https".equals(scheme) || "wss".equals(scheme);
    if (port != null && (Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535)) {
      throw refusal();
    }
    try {
      URI uri =
          URI.create(
              (secure ? "https://" : "http://") + host + (port == null ? "" : ":" + port) + path);
      if (uri.getHost() == null) {
        throw refusal();
      }
      return uri;
    } catch (IllegalArgumentException e) {
      throw refusal();
    }
  }

  /** The text is not quoted back: it may hold a token. */
  private static IllegalArgumentException refusal() {
    return new IllegalArgumentException(
        "It is not an address of a node; write one such as /ip4/127.0.0.1/tcp/1234/http or"
            + " https://node.example.org, with its token and a colon before it if it needs one.");
  }
}
