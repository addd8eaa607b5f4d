package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.tls.TestAuthority;
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
}
