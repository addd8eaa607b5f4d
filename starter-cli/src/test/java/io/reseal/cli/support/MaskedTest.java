package io.reseal.cli.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskedTest {

  private static final String TOKEN = "eyJhbGciOi.eyJBbGxvdyI6.node-token-93be77";

  @TempDir Path directory;

  // Catches: a secret in a setting, wherever settings can hold one.
  @Test
  void settingsHaveNoSecretsAndStayReadable() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("worker.toml"),
            """
            # password = "in-a-comment"
            name = "host-a"
            [catalog]
            url = "jdbc:mariadb://anne:in-the-url@db/reseal?password=in-a-parameter&x=1"
            password = "in-a-setting"
            password_file = "/etc/reseal/catalog.password"
            [chain]
            nodes = ["%s:/ip4/10.0.0.1/tcp/1234/http"]
            [[processors.pc1]]
            envs = { PRIVATE = "in-a-variable", NUMBER = 7 }
            [[pieces.http]]
            url = "https://pieces.example.org/a"
            token = "in-a-list"
            """
                .formatted(TOKEN));

    String masked = Masked.settings(file);

    assertThat(masked)
        .doesNotContain("in-", "node-token")
        .contains(
            "\"host-a\"",
            "jdbc:mariadb://***@db/reseal?password=***&x=1",
            "/etc/reseal/catalog.password",
            "***:/ip4/10.0.0.1/tcp/1234/http",
            "\"PRIVATE\" : \"***\"",
            "\"NUMBER\" : \"***\"",
            "https://pieces.example.org/a");
  }

  // Catches: a broken file that ends the bundle, or whose text shows a secret.
  @Test
  void aFileThatIsNoTomlIsOnlySaidToBeSo() throws Exception {
    Path file = Files.writeString(directory.resolve("worker.toml"), "password = in-a-setting");
    assertThat(Masked.settings(file)).contains("is not TOML").doesNotContain("in-a-setting");
  }

  // Catches: a token in a line of a log.
  @Test
  void linesOfLogsHaveNoTokens() {
    assertThat(Masked.text("asked " + TOKEN + ":/ip4/1, Authorization: Bearer abc.def, ok"))
        .isEqualTo("asked ***:/ip4/1, Authorization: Bearer ***, ok");
  }
}
