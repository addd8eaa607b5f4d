package io.reseal.pieces;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Where a piece store may redirect to: itself and the hosts that its entry allows, never from an
 * encrypted connection to a plain one, and never into this host's own network unless the store
 * itself is there.
 */
final class RedirectRules {

  private final List<String> allowedHosts;

  RedirectRules(List<String> allowedHosts) {
    this.allowedHosts = List.copyOf(allowedHosts);
  }

  /**
   * Why a redirect is not followed, half a sentence, or empty; decided by the names alone.
   *
   * @param store the configured address
   * @param from where the redirect came from
   */
  Optional<String> refusal(URI store, URI from, URI to) {
    String scheme = to.getScheme();
    if (to.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      return Optional.of("redirects to %s, which is not an HTTP address".formatted(to));
    }
    if ("https".equals(from.getScheme()) && "http".equals(scheme)) {
      return Optional.of("redirects from https to http (%s)".formatted(shown(to)));
    }
    if (!isHostOf(store, to) && !isAllowed(to)) {
      return Optional.of(
          "redirects to %s, a host that `allowed_hosts` does not name".formatted(shown(to)));
    }
    return Optional.empty();
  }

  /**
   * Why no connection is made to where a redirect leads, half a sentence, or empty.
   *
   * @param store the store's addresses
   * @param addresses those that the redirect's host has now
   */
  static Optional<String> refusal(List<InetAddress> store, URI to, List<InetAddress> addresses) {
    return isAnyInside(addresses) && !isAnyInside(store)
        ? Optional.of("redirects to %s, an address of this network".formatted(shown(to)))
        : Optional.empty();
  }

  /** Whether a secret for the store may be sent there. */
  static boolean isSameServer(URI store, URI to) {
    return isHostOf(store, to)
        && store.getScheme().equalsIgnoreCase(to.getScheme())
        && port(store) == port(to);
  }

  /** Without its query, which may be a signature. */
  static String shown(URI uri) {
    return "%s://%s%s".formatted(uri.getScheme(), uri.getAuthority(), uri.getPath());
  }

  private static boolean isHostOf(URI store, URI to) {
    return store.getHost().equalsIgnoreCase(to.getHost());
  }

  private boolean isAllowed(URI to) {
    return allowedHosts.stream()
        .anyMatch(
            host ->
                host.equalsIgnoreCase(to.getHost()) || host.equalsIgnoreCase(to.getAuthority()));
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
  }

  private static boolean isAnyInside(List<InetAddress> addresses) {
    return addresses.stream().anyMatch(RedirectRules::isInside);
  }

  private static boolean isInside(InetAddress address) {
    byte[] bytes = address.getAddress();
    int first = bytes[0] & 0xff;
    boolean carrierGrade = bytes.length == 4 && first == 100 && (bytes[1] & 0xc0) == 64;
    boolean uniqueLocal = address instanceof Inet6Address && (first & 0xfe) == 0xfc;
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || carrierGrade
        || uniqueLocal;
  }
}
