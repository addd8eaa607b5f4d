package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.tls.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog on a MariaDB whose certificate is of a certificate authority of one's own. */
class EncryptedCatalogIT {

  @TempDir private Path temp;

  // Catches: a certificate that is not verified, a server that is talked to in the clear.
  @Test
  void theServersCertificateIsVerified() throws Exception {
    TestAuthority authority = new TestAuthority(Files.createDirectory(temp.resolve("ours")));
    TestAuthority stranger = new TestAuthority(Files.createDirectory(temp.resolve("other")));
    try (CatalogDatabase.Encrypted server =
        CatalogDatabase.encrypted(authority, Files.createDirectory(temp.resolve("server")))) {
      CatalogSettings verified =
          server.settings("?sslMode=verify-full&serverSslCert=" + authority.certificate());
      try (CatalogProbe probe = CatalogProbe.connect(verified)) {
        assertThat(probe.look().server()).contains("MariaDB");
      }
      assertThatThrownBy(
              () ->
                  CatalogProbe.connect(
                      server.settings(
                          "?sslMode=verify-full&serverSslCert=" + stranger.certificate())))
          .isInstanceOf(CatalogException.class)
          .hasMessageContaining("certificate");
      assertThatThrownBy(() -> CatalogProbe.connect(server.settings("")))
          .as("in the clear")
          .isInstanceOf(CatalogException.class);
    }
  }

  // Catches: a server that is too busy for TLS and is taken for one whose certificate is wrong.
  @Test
  void aServerThatIsSlowToEncryptIsSlow() throws Exception {
    TestAuthority authority = new TestAuthority(Files.createDirectory(temp.resolve("ours")));
    try (CatalogDatabase.Encrypted server =
            CatalogDatabase.encrypted(authority, Files.createDirectory(temp.resolve("server")));
        ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread greeting = new Thread(() -> greet(busy, server.port()));
      greeting.start();
      CatalogSettings settings =
          new CatalogSettings(
              "jdbc:mariadb://127.0.0.1:%d/mysql?sslMode=trust".formatted(busy.getLocalPort()),
              "root",
              "");

      assertThatThrownBy(() -> CatalogProbe.connect(settings))
          .isInstanceOfSatisfying(
              CatalogException.class,
              thrown -> assertThat(thrown.reason()).isEqualTo(CatalogException.Reason.SLOW));
    }
  }

  /** Passes on what a server says first, and nothing after it, until the client has gone. */
  private static void greet(ServerSocket busy, int server) {
    try (Socket client = busy.accept();
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), server)) {
      byte[] words = new byte[1024];
      client.getOutputStream().write(words, 0, behind.getInputStream().read(words));
      client.getInputStream().readAllBytes();
    } catch (IOException e) {
      // The client ends the connection as it likes.
    }
  }
}
