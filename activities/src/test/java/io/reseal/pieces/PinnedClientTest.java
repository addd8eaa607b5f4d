package io.reseal.pieces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted requests to an address that is given apart from the name. */
@Timeout(60)
class PinnedClientTest {

  private static final String PASSWORD = "changeit";

  @TempDir private Path dir;

  private final PinnedClient client = new PinnedClient(Duration.ofSeconds(10), this::context);

  // Catches: a server that is believed without a certificate of the name that it was asked by, also
  // if there is a session with it under another name.
  @Test
  void theCertificateMustBeOfTheName() throws Exception {
    makeCertificate("pieces.example");
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context()));
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    int port = server.getAddress().getPort();
    try {
      assertThat(status("https://pieces.example:%d/a%%20b?c=%%2F".formatted(port))).isEqualTo(200);
      assertThat(asked).containsExactly("pieces.example:%d/a%%20b?c=%%2F".formatted(port));
      assertThatThrownBy(() -> status("https://other.example:%d/".formatted(port)))
          .isInstanceOf(SSLHandshakeException.class);
    } finally {
      server.stop(0);
    }
  }

  private int status(String uri) throws Exception {
    var response =
        client.send(HttpRequest.newBuilder(), URI.create(uri), InetAddress.getLoopbackAddress());
    response.body().close();
    return response.statusCode();
  }

  /** A server and client that have, and trust, one certificate that signs itself. */
  private void makeCertificate(String name) throws Exception {
    Path file = keyStore();
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "server",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:" + name,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).as(Files.readString(dir.resolve("keytool.log"))).isZero();
  }

  private Path keyStore() {
    return dir.resolve("server.p12");
  }

  private SSLContext context() {
    try {
      return loadedContext();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private SSLContext loadedContext() throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore())) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD.toCharArray());
    TrustManagerFactory others =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    others.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), others.getTrustManagers(), null);
    return context;
  }
}
