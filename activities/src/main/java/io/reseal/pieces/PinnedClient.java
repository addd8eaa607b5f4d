package io.reseal.pieces;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Sends HTTP requests to an address that was looked up before, so that a name which means another
 * address a moment later leads nowhere else. The server is asked for, and must show a certificate
 * of, the name. The program must {@link io.reseal.outage.HostHeader#allow() allow} its header.
 */
final class PinnedClient {

  private final Duration connectLimit;
  private final Supplier<SSLContext> certificates;
  private final Map<String, HttpClient> clients = new ConcurrentHashMap<>();

  /**
   * @param certificates gives a context for each name: in one of several names, a session with an
   *     address would be resumed for another name without looking at its certificate
   */
  PinnedClient(Duration connectLimit, Supplier<SSLContext> certificates) {
    this.connectLimit = connectLimit;
    this.certificates = certificates;
  }

  /**
   * Sends a request; follows no redirect.
   *
   * @param request without its address
   */
  HttpResponse<InputStream> send(HttpRequest.Builder request, URI uri, InetAddress address)
      throws IOException, InterruptedException {
    HttpRequest.Builder pinned =
        request.uri(at(uri, address)).setHeader("Host", uri.getAuthority());
    return clients
        .computeIfAbsent(uri.getHost(), this::client)
        .send(pinned.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  private HttpClient client(String host) {
    SSLParameters parameters = new SSLParameters();
    if (isName(host)) {
      parameters.setServerNames(List.of(new SNIHostName(host)));
    }
    // In HTTP/2 the address would take the place of the name.
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NEVER)
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(connectLimit)
        .sslContext(certificates.get())
        .sslParameters(parameters)
        .build();
  }

  private static boolean isName(String host) {
    return !host.startsWith("[") && !host.matches("[0-9.]+");
  }

  private static URI at(URI uri, InetAddress address) throws IOException {
    String host = address.getHostAddress();
    try {
      URI bare = new URI(uri.getScheme(), null, host, uri.getPort(), null, null, null);
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      return URI.create(bare + uri.getRawPath() + query);
    } catch (URISyntaxException e) {
      throw new IOException("%s cannot be connected to".formatted(host), e);
    }
  }
}
