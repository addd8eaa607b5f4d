package io.reseal.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.config.Installation;
import io.reseal.tls.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientSettingsTest {

  private static final Installation.Temporal SERVER = new Installation.Temporal("t:7233", "reseal");

  @TempDir Path dir;

  private static Installation.Temporal with(String profile) {
    return new Installation.Temporal("t:7233", "reseal", Optional.empty(), Optional.of(profile));
  }

  @Test
  void aClientIsWhomItsCertificateNames() {
    TestAuthority.Issued issued = new TestAuthority(dir).issue("alice");
    assertThat(
            ClientSettings.of(
                    SERVER,
                    Map.of(
                        "TEMPORAL_TLS_CLIENT_CERT_PATH", issued.certificate().toString(),
                        "TEMPORAL_TLS_CLIENT_KEY_PATH", issued.key().toString()))
                .name())
        .contains("alice");
  }

  @Test
  void aClientIsWhomItsApiKeyIsAbout() {
    String claims =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"sub\":\"bob\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(
            ClientSettings.of(SERVER, Map.of("TEMPORAL_API_KEY", "e30." + claims + ".c2ln")).name())
        .contains("bob");
  }

  @Test
  void aClientWithoutEitherHasNoName() {
    assertThat(ClientSettings.of(SERVER, Map.of()).name()).isEmpty();
    assertThat(ClientSettings.of(SERVER, Map.of("TEMPORAL_API_KEY", "opaque")).name()).isEmpty();
    assertThat(ClientSettings.of(SERVER, Map.of("TEMPORAL_API_KEY", "a.!.c")).name()).isEmpty();
    assertThat(
            ClientSettings.of(
                    SERVER,
                    Map.of(
                        "TEMPORAL_TLS_CLIENT_CERT_PATH",
                        dir.resolve("gone.pem").toString(),
                        "TEMPORAL_TLS_CLIENT_KEY_PATH",
                        dir.resolve("gone.key").toString()))
                .name())
        .isEmpty();
  }

  // Catches: one installation's keys that are sent to another one's server.
  @Test
  void settingsOfAnotherServerAreNotUsedAndRefusedIfTheyAreNamed() throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("temporal.toml"),
            """
            [profile.default]
            address = "other:7233"
            api_key = "e30.eyJzdWIiOiJib2IifQ.c2ln"
            [profile.site]
            address = "t:7233"
            api_key = "e30.eyJzdWIiOiJhbm4ifQ.c2ln"
            """);
    Map<String, String> environment = Map.of("TEMPORAL_CONFIG_FILE", file.toString());
    assertThat(ClientSettings.of(SERVER, environment).name()).isEmpty();
    assertThat(ClientSettings.of(with("site"), environment).name()).contains("ann");
    assertThatThrownBy(() -> ClientSettings.of(with("default"), environment))
        .isInstanceOf(TemporalException.class)
        .hasMessageContaining("other:7233 for profile 'default'")
        .hasMessageContaining("t:7233");
    assertThatThrownBy(() -> ClientSettings.of(with("gone"), environment))
        .isInstanceOf(TemporalException.class)
        .hasMessageContaining("gone");
  }
}
